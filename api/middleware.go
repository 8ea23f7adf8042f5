package api

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/slipway-ci/slipway"
)

const requestKey = "request"

// identify gives the request a name that its answer and the log both carry.
func (s *server) identify(c *gin.Context) {
	id := rand.Text()
	c.Set(requestKey, id)
	c.Header("X-Request-Id", id)
}

// observe counts and logs what was answered. A caller's own mistake is not
// worth more than its line; ours is.
func (s *server) observe(c *gin.Context) {
	begun := s.Now()
	route := cmp.Or(c.FullPath(), "none")
	ended := s.shown(c, route)
	c.Next()
	took := s.Now().Sub(begun)
	ended(c.Writer.Status())
	status := c.Writer.Status()
	s.metrics.took.WithLabelValues(route, method(c.Request.Method), strconv.Itoa(status)).Observe(took.Seconds())
	attrs := []slog.Attr{
		slog.String("request", c.GetString(requestKey)), slog.String("method", method(c.Request.Method)),
		slog.String("route", route), slog.Int("status", status), slog.Duration("took", took),
	}
	if who := c.GetString(whoKey); who != "" {
		attrs = append(attrs, slog.String("who", who))
	}
	if last := c.Errors.Last(); last != nil {
		attrs = append(attrs, slog.String("error", last.Error()))
	}
	s.Log.LogAttrs(c.Request.Context(), levelOf(route, status), "answered", attrs...)
}

// shown shows the request to whoever watches.
func (s *server) shown(c *gin.Context, route string) (ended func(status int)) {
	if s.Trace == nil || probe(route) {
		return func(int) {}
	}
	ctx, ended := s.Trace(c.Request.Context(), method(c.Request.Method), route)
	c.Request = c.Request.WithContext(ctx)
	return ended
}

// probe tells what is asked every few seconds by machines.
func probe(route string) bool {
	return route == "/healthz" || route == "/readyz" || route == "/metrics"
}

func levelOf(route string, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case probe(route):
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}

// method is one that exists: a label must not be what a stranger chooses.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	default:
		return "other"
	}
}

// recover turns a panic into a problem: one bad request ends itself and
// nothing else.
func (s *server) recover(c *gin.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.LogAttrs(c.Request.Context(), slog.LevelError, "a handler panicked", slog.String("request", c.GetString(requestKey)),
				slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			err := fmt.Errorf("panic: %v", p)
			if c.Writer.Written() {
				_ = c.Error(err)
				return
			}
			refuse(c, err)
		}
	}()
	c.Next()
}

// harden says what browsers may make of the answers: nothing.
func harden(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	c.Header("Referrer-Policy", "no-referrer")
}

func wrongMethod(m string) error {
	return withStatus(http.StatusMethodNotAllowed, slipway.Errorf(slipway.CodeUsage, "there is something here, but not for %s", method(m)))
}

// deadline limits how long the caller may take to send or take something.
// Recorders of tests have none.
func deadline(set func(time.Time) error, within time.Duration) {
	_ = set(time.Now().Add(within))
}

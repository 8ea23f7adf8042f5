package jenkinstest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// Mischief answers a request otherwise than Jenkins would; next is Jenkins.
type Mischief func(w http.ResponseWriter, r *http.Request, next http.Handler)

type fault struct {
	method, path string
	times        int
	do           Mischief
}

// Inject makes requests go wrong whose method is that one ("" is any) and
// whose escaped path has the part ("" is any), so many times; 0 is until Heal.
func (s *Server) Inject(method, path string, times int, do Mischief) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{method, path, times, do})
}

// Heal takes all mischief away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) mischief(r *http.Request) Mischief {
	for i, f := range s.faults {
		if f.method != "" && f.method != r.Method || !strings.Contains(r.URL.EscapedPath(), f.path) {
			continue
		}
		if f.times--; f.times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return f.do
	}
	return nil
}

// Slow answers after a while, or when the client has gone.
func Slow(d time.Duration) Mischief {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// Unavailable is a controller that starts: 503, with a page.
func Unavailable() Mischief {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		page(w, http.StatusServiceUnavailable, "Please wait while Jenkins is getting ready to work…")
	}
}

// Says answers with a status and a body.
func Says(status int, kind, body string) Mischief {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Drop breaks the connection without an answer; done tells whether Jenkins
// did what was asked before.
func Drop(done bool) Mischief {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if done {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}

// Redirect sends requests to the same path of another address.
func Redirect(status int, to string) Mischief {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Location", to+r.URL.RequestURI())
		page(w, status, "Moved")
	}
}

// Endless is an answer without an end, as fast as it is read.
func Endless() Mischief {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		pour(w, r, -1)
	}
}

// Flood is the console of a run with so many bytes.
func Flood(size int64) Mischief {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		start, _ := strconv.ParseInt(r.URL.Query().Get("start"), 10, 64)
		w.Header().Set("Content-Type", "text/plain;charset=utf-8")
		w.Header().Set("X-Text-Size", strconv.FormatInt(size, 10))
		pour(w, r, max(size-start, 0))
	}
}

func pour(w io.Writer, r *http.Request, size int64) {
	line := []byte(strings.Repeat("all work and no play makes a log ", 30) + "\n")
	for size != 0 && r.Context().Err() == nil {
		if size > 0 && int64(len(line)) > size {
			line = line[:size]
		}
		n, err := w.Write(line)
		if err != nil {
			return
		}
		if size > 0 {
			size -= int64(n)
		}
	}
}

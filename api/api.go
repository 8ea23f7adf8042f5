// Package api is the service's face to programs: the hooks that forges call,
// the REST interface under /api/v1, logs and states as they come, health and
// figures. It decides nothing about builds: it finds out who asks, whether
// they may, and hands the question to the record.
//
// Every route stands in one table (routes.go) with the role that it needs and
// whose things it touches; authority is decided from that table alone, before
// a handler runs.
package api

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// Config is what the API stands on. Remotes, Jenkinses, Queue, Checks and
// Metrics may be nil.
type Config struct {
	Record    Record
	Forges    Forges
	Remotes   Remotes   // nil: connections are looked at as far as the record goes
	Jenkinses Jenkinses // nil: controllers are not tried
	Bell      Bell
	Queue     Queue
	Checks    []Check             // tried by /readyz
	Metrics   prometheus.Gatherer // shown by /metrics beside the API's own
	URL       string              // base under which others reach the API, for hooks' addresses; no slash at the end
	Version   string
	Tickets   slipway.TicketKey                           // what tickets of builds are signed with; nil: there are none
	Joining   func(context.Context) (rest.Joining, error) // what workers on other machines need to know; nil: there can be none
	Hosts     Hosts                                       // that maintainers of teams may name
	Rules     []string                                    // of the image contract, which builds are held against
	Stop      func(slipway.Attempt)                       // hints to a worker that its attempt was cancelled; may be nil
	Log       *slog.Logger
	Now       func() time.Time

	// Trace shows the answer to a request to whoever watches: it is called when
	// one begins, with the pattern of its route, and what it gives when it ends.
	// Health and figures are not shown. nil: nobody watches.
	Trace func(ctx context.Context, method, route string) (in context.Context, end func(status int))
}

// The pace of what waits.
const (
	pollEvery = 2 * time.Second  // a wake-up that was lost costs this much
	beatEvery = 15 * time.Second // proxies close what is silent for a minute
	writeTime = 30 * time.Second // for a reader to take what it is sent
	bodyTime  = 10 * time.Second // for a body to arrive, whether or not it is read; a delivery may take longer
)

// server answers. It is safe for concurrent use.
type server struct {
	Config

	routes  []route
	metrics *metrics
	intake  *intake
	tails   *tails
	states  *states
	openapi []byte
	pages   *template.Template
	streams chan struct{} // a place for each open stream
	trials  chan struct{} // a place for each connection that is tried
	refused *refusals
}

// maxStreams is how many streams are open at once.
const maxStreams = 2000

// New gives the handler. Streams end with their request's context: whoever
// serves it gives that an end when the process stops.
func New(config Config) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	s := &server{
		Config: config, metrics: newMetrics(), intake: newIntake(), streams: make(chan struct{}, maxStreams),
		trials: make(chan struct{}, maxTrials), refused: &refusals{at: map[int64]time.Time{}},
		tails:  &tails{record: config.Record, bell: config.Bell, log: config.Log, open: map[int64]*tail{}},
		states: &states{record: config.Record, bell: config.Bell, log: config.Log},
	}
	s.routes = s.table()
	var err error
	if s.openapi, err = describe(s.routes, config.Version); err != nil {
		return nil, err
	}
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	return s.engine(), nil
}

func (s *server) engine() *gin.Engine {
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.HandleMethodNotAllowed = true
	e.ForwardedByClientIP = false
	e.Use(s.identify, s.observe, s.recover, harden)
	for _, r := range s.routes {
		e.Handle(r.method, r.path, s.serve(r))
		if r.method == get && r.scope == open { // who watches a site asks so whether it is there
			e.HEAD(r.path, s.serve(r))
		}
	}
	e.NoRoute(s.nothing)
	e.NoMethod(func(c *gin.Context) { refuse(c, wrongMethod(c.Request.Method)) })
	return e
}

// serve is how every route is answered.
func (s *server) serve(route route) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := &request{c: c, route: route}
		if c.Request.Body != nil && c.Request.Body != http.NoBody { // what has none is not waited for
			deadline(http.NewResponseController(c.Writer).SetReadDeadline, bodyTime)
		}
		answer, err := s.answer(r)
		switch {
		case err != nil && c.Writer.Written():
			_ = c.Error(err)
		case err != nil && route.page:
			s.refusePage(r, err)
		case err != nil:
			refuse(c, err)
		case route.raw: // it has written
		case answer == nil:
			c.Status(http.StatusNoContent)
			c.Writer.WriteHeaderNow()
		default:
			c.JSON(route.statusOf(), answer)
		}
	}
}

// answer admits the caller, does what the route does, and remembers who did
// it.
func (s *server) answer(r *request) (any, error) {
	if err := s.admit(r); err != nil {
		return nil, err
	}
	if r.route.scope != open { // forges may call whatever they were told
		if err := r.knownQuery(); err != nil {
			return nil, err
		}
	}
	answer, err := r.route.handle(r)
	if err == nil && r.route.did != "" {
		err = s.audit(r)
	}
	return answer, err
}

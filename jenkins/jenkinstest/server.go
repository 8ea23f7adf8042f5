// Package jenkinstest has a Jenkins for tests: one that behaves as a modern
// controller does, written from how a real one was seen to behave, and that
// misbehaves on request; and a suite that any controller can be put through.
package jenkinstest

import (
	"bytes"
	"cmp"
	"context"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options are what a Server is like. The zero value is an open controller at
// its own address.
type Options struct {
	User     string        // "" lets everybody in
	Token    string        // API token of User: needs no crumb
	Password string        // of User: each POST needs the crumb of its session
	Prefix   string        // path below which it is, "/jenkins"
	Root     string        // root URL that its answers speak of; "" is where it is
	Version  string        // of Jenkins; "" is 2.426.2
	Hudson   bool          // it answers as a Hudson: no X-Jenkins, no items of the queue
	Shell    bool          // shell steps are really run, with sh
	Grace    time.Duration // between SIGTERM and SIGKILL of one that is stopped; 0 is 2 s
	Now      func() time.Time
}

// Server is a Jenkins. It is safe for concurrent use.
type Server struct {
	URL string // with the prefix

	options Options
	http    *httptest.Server
	ctx     context.Context //nolint:containedctx // of its runs, which outlive the requests that start them
	end     context.CancelFunc
	runs    sync.WaitGroup

	mu       sync.Mutex
	root     *item
	queue    []*queued
	nextItem int64
	hold     bool
	starting bool
	sessions map[string]string // cookie -> crumb
	faults   []*fault
	requests []string
}

// New starts one, which ends with the test.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Version, o.Grace = cmp.Or(o.Version, "2.426.2"), cmp.Or(o.Grace, 2*time.Second)
	s := &Server{options: o, root: &item{folder: true}, nextItem: 1, sessions: map[string]string{}}
	s.ctx, s.end = context.WithCancel(context.WithoutCancel(tb.Context()))
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL + o.Prefix
	s.options.Root = strings.TrimSuffix(cmp.Or(o.Root, s.URL), "/")
	tb.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	s.end()
	s.runs.Wait()
	s.http.CloseClientConnections()
	s.http.Close()
}

// Requests lists what was asked so far: "POST /job/a/build".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.requests...)
}

// Starting makes it answer as one that starts, or has started.
func (s *Server) Starting(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starting = yes
}

// Restart makes it forget its queue and end its runs, as a restart does with
// freestyle jobs. The items of its queue are numbered from 1 again.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.nextItem, s.sessions = nil, 1, map[string]string{}
	s.root.walk(func(i *item) {
		for _, r := range i.runs {
			if r.result == "" {
				r.restarted = true
				r.cancel()
			}
		}
	})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // also that it is seen when the client goes
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+strings.TrimPrefix(r.URL.EscapedPath(), s.options.Prefix))
	mischief, starting := s.mischief(r), s.starting
	s.mu.Unlock()
	switch next := http.HandlerFunc(s.answer); {
	case mischief != nil:
		mischief(w, r, next)
	case starting:
		Unavailable()(w, r, next)
	default:
		next(w, r)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if !s.options.Hudson {
		w.Header().Set("X-Hudson", "1.395")
		w.Header().Set("X-Jenkins", s.options.Version)
	}
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), s.options.Prefix+"/")
	if !ok {
		page(w, http.StatusNotFound, "Not Found")
		return
	}
	if !s.admit(w, r) {
		return
	}
	switch {
	case s.options.Hudson && path == "":
		w.Header().Set("X-Hudson", "3.3.2") // there and nowhere else
		page(w, http.StatusOK, "Dashboard")
		return
	case s.options.Hudson && strings.Contains(r.URL.Query().Get("tree"), "{"):
		page(w, http.StatusInternalServerError, "Malformed tree expression")
		return
	}
	said := httptest.NewRecorder() // nobody waits for a slow reader
	s.mu.Lock()
	s.route(said, r, strings.Split(strings.TrimSuffix(path, "/"), "/")) //nolint:contextcheck // a run outlives the request that starts it
	s.mu.Unlock()
	maps.Copy(w.Header(), said.Header())
	w.WriteHeader(said.Code)
	_, _ = w.Write(said.Body.Bytes())
}

// page answers with HTML, as Jenkins does.
func page(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Jenkins</title></head><body><h1>"+html.EscapeString(words)+"</h1></body></html>")
}

// redirect answers as Jenkins does when something was done.
func (s *Server) redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", s.options.Prefix+to)
	page(w, http.StatusFound, "Found")
}

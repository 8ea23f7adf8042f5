package jenkins

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/slipway-ci/slipway"
)

// requester sends requests to one controller and to nothing else.
type requester struct {
	root        *url.URL
	at          string // root, for people
	user, token string
	http        *http.Client
	timeout     time.Duration
	tries       uint
	pause       time.Duration
	breaker     *breaker
	crumb       crumb
	log         *slog.Logger
}

func newRequester(c slipway.Controller, keys slipway.ControllerKeys, o Options) (*requester, error) {
	root, err := rootOf(c.URL)
	if err != nil {
		return nil, err
	}
	if c.User == "" && keys.Token != "" {
		return nil, slipway.Errorf(slipway.CodeUsage, "the Jenkins controller at %s has a token and no user", root).
			WithHint("name the user that the API token belongs to")
	}
	client, err := newHTTP(c.CA)
	if err != nil {
		return nil, err
	}
	at := root.String()
	return &requester{
		root: root, at: at, user: c.User, token: keys.Token, http: client,
		timeout: o.Timeout, tries: o.Tries, pause: o.Pause, breaker: newBreaker(at, o), log: o.Log,
	}, nil
}

// call is a request.
type call struct {
	method string
	path   string // below the root, escaped
	query  url.Values
	kind   string // media type of the body
	body   []byte
	most   int64 // bytes that are read of the answer
}

// get reads. What the controller did not answer is asked again, a few times.
// A timeout is not: who is slow is not helped by more to do.
func (r *requester) get(ctx context.Context, path string, query url.Values, most int64) (answer, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.Multiplier = r.pause, 2
	a, err := backoff.Retry(ctx, func() (answer, error) {
		a, err := r.once(ctx, call{method: http.MethodGet, path: path, query: query, most: most})
		if err != nil && (!away(err) || late(err)) {
			err = backoff.Permanent(err)
		}
		return a, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(r.tries))
	if permanent, ok := errors.AsType[*backoff.PermanentError](err); ok {
		err = permanent.Unwrap()
	}
	return a, err
}

// late tells that there was no answer in time.
func late(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.late
}

// post does something, once. A crumb is sent only to a controller that has
// asked for one: those who come with a token need none.
func (r *requester) post(ctx context.Context, c call) (answer, error) {
	c.method = http.MethodPost
	if c.most == 0 {
		c.most = maxRefusal
	}
	a, err := r.once(ctx, c)
	if !a.crumbAsked() {
		return a, err
	}
	if !r.crumb.renew(ctx, r) {
		return a, err
	}
	return r.once(ctx, c)
}

// once sends a request one time, unless the controller is left alone.
func (r *requester) once(ctx context.Context, c call) (answer, error) {
	return r.breaker.ask(func() (answer, error) {
		begun := time.Now()
		a, err := r.exchange(ctx, c)
		r.log.DebugContext(ctx, "asked Jenkins", slog.String("method", c.method), slog.String("path", c.path),
			slog.Int("status", a.status), slog.Duration("took", time.Since(begun)))
		return a, err
	})
}

func (r *requester) exchange(ctx context.Context, c call) (answer, error) {
	own, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var sent atomic.Bool
	own = httptrace.WithClientTrace(own, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	request, err := r.request(own, c)
	if err != nil {
		return answer{}, err
	}
	response, err := r.http.Do(request)
	if err != nil {
		return answer{}, r.silence(ctx, err, sent.Load())
	}
	defer response.Body.Close() //nolint:errcheck // only read
	a, err := readAnswer(response, c.most)
	switch {
	case c.method == http.MethodPost && (a.status < 300 || a.done()):
		a.status = http.StatusOK // what gojenkins takes for a success; how the page reads that says so matters to nobody
		return a, nil
	case a.status >= 300:
		return a, r.refusal(c.path, a)
	case err != nil:
		return answer{}, r.silence(ctx, err, true)
	}
	return a, nil
}

// request makes a request of a path that is escaped already, and refuses one
// that leads out of where it should.
func (r *requester) request(ctx context.Context, c call) (*http.Request, error) {
	u, err := r.address(c.path)
	if err != nil {
		return nil, err
	}
	u.RawQuery = c.query.Encode()
	request, err := http.NewRequestWithContext(ctx, c.method, u.String(), bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "slipway")
	if c.kind != "" {
		request.Header.Set("Content-Type", c.kind)
	}
	if r.user != "" {
		request.SetBasicAuth(r.user, r.token)
	}
	if c.method == http.MethodPost {
		r.crumb.set(request.Header)
	}
	return request, nil
}

// address joins a path below the root. Slashes that are doubled are made
// single, since some proxies refuse them.
func (r *requester) address(path string) (*url.URL, error) {
	bad := slipway.Errorf(slipway.CodeUsage, "%.200q is not a path of Jenkins", path)
	if strings.ContainsAny(path, "?#\\") {
		return nil, bad
	}
	parts := []string{}
	for part := range strings.SplitSeq(path, "/") {
		plain, err := url.PathUnescape(part)
		if err != nil || plain == ".." || plain == "." {
			return nil, bad
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	u := *r.root
	u.RawPath = u.EscapedPath() + "/" + strings.Join(parts, "/")
	plain, err := url.PathUnescape(u.RawPath)
	if err != nil {
		return nil, bad
	}
	u.Path = plain
	return &u, nil
}

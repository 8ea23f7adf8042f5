package registry

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// InProcess gives a transport that calls h instead of a network: bodies
// stream both ways, and a request that is cancelled, or whose answer is
// closed early, cancels the handler's context.
func InProcess(h http.Handler) http.RoundTripper { return inProcess{h} }

type inProcess struct{ handler http.Handler }

// RoundTrip runs the handler in a goroutine that ends with the handler.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	pr, pw := io.Pipe()
	r := req.Clone(ctx)
	r.RequestURI, r.RemoteAddr, r.Host = req.URL.RequestURI(), "in-process", req.URL.Host
	if r.Body == nil {
		r.Body = http.NoBody
	}
	context.AfterFunc(ctx, func() { _ = pw.CloseWithError(ctx.Err()) })
	a := &answer{header: http.Header{}, body: pw, began: make(chan struct{})}
	go func() {
		defer cancel()
		defer func() {
			a.end(recover())
			_ = r.Body.Close()
		}()
		t.handler.ServeHTTP(a, r)
	}()
	select {
	case <-a.began:
		return a.response(req, body{pr, cancel})
	case <-req.Context().Done():
		_ = r.Body.Close() // so that a handler that reads it ends
		return nil, req.Context().Err()
	}
}

// body is the answer's; closing it early tells the handler to stop.
type body struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close ends the exchange.
func (b body) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// answer is the handler's http.ResponseWriter.
type answer struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	once         sync.Once
	began        chan struct{}
	failed       error // before the answer began
}

// Header gives the headers to set.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader begins the answer.
func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK {
		return // informational answers have no use here
	}
	a.once.Do(func() {
		a.status, a.sent = status, a.header.Clone()
		close(a.began)
	})
}

// Write hands bytes to the reader of the answer.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// end completes the answer when the handler has returned or panicked.
func (a *answer) end(panicked any) {
	if panicked != nil {
		err := fmt.Errorf("the handler panicked: %v", panicked)
		a.once.Do(func() { a.failed = err; close(a.began) })
		_ = a.body.CloseWithError(err)
		return
	}
	a.WriteHeader(http.StatusOK)
	_ = a.body.Close()
}

func (a *answer) response(req *http.Request, b io.ReadCloser) (*http.Response, error) {
	if a.failed != nil {
		return nil, a.failed
	}
	length := int64(-1)
	if n, err := strconv.ParseInt(a.sent.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	if req.Method == http.MethodHead || a.status == http.StatusNoContent || a.status == http.StatusNotModified {
		_ = b.Close()
		b = http.NoBody
	}
	return &http.Response{
		Status:     strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.sent, Body: b, ContentLength: length, Request: req,
	}, nil
}

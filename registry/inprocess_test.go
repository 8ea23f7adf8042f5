package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/registry"
)

func call(ctx context.Context, t *testing.T, h http.HandlerFunc, method string, body io.Reader) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "http://slipway.internal/v2/?a=b", body)
	if err != nil {
		t.Fatal(err)
	}
	return registry.InProcess(h).RoundTrip(req)
}

func TestInProcess_answers(t *testing.T) {
	t.Parallel()
	res, err := call(t.Context(), t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("Too-Late", "1")
		fmt.Fprint(w, r.Host[:5])
	}, http.MethodGet, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || string(b) != "slipw" || res.StatusCode != http.StatusTeapot || res.ContentLength != 5 || res.Header.Get("Too-Late") != "" {
		t.Errorf("got %q, %v, %+v", b, err, res)
	}
}

// Two pipes have no buffer: this ends only if both ways stream.
func TestInProcess_streamsBothWays(t *testing.T) {
	t.Parallel()
	const rounds, size = 256, 1 << 20
	up, feed := io.Pipe()
	res, err := call(t.Context(), t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = io.Copy(w, r.Body)
	}, http.MethodPut, up)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	chunk := make([]byte, size)
	for i := range rounds {
		sent := make(chan error, 1)
		chunk[0] = byte(i)
		go func() { _, err := feed.Write(chunk); sent <- err }()
		got := make([]byte, size)
		if _, err := io.ReadFull(res.Body, got); err != nil || got[0] != byte(i) {
			t.Fatalf("round %d: got %d, %v", i, got[0], err)
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	_ = feed.Close()
	if n, err := res.Body.Read(chunk); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: got %d, %v", n, err)
	}
}

func TestInProcess_cancelBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	body, _ := io.Pipe() // never gives a byte
	ended := make(chan error, 1)
	_, err := call(ctx, t, func(_ http.ResponseWriter, r *http.Request) { //nolint:bodyclose // there is no answer
		cancel()
		_, err := io.ReadAll(r.Body)
		<-r.Context().Done()
		ended <- err
	}, http.MethodPut, body)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the handler read a whole body")
	}
}

func TestInProcess_cancelDuringTheAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	res, err := call(ctx, t, endless(ended), http.MethodGet, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	cancel()
	if _, err := io.Copy(io.Discard, res.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("reader: got %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the handler wrote on")
	}
}

func TestInProcess_answerClosedEarly(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	res, err := call(t.Context(), t, endless(ended), http.MethodGet, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if err := <-ended; err == nil {
		t.Error("the handler wrote on")
	}
}

// endless answers until it cannot.
func endless(ended chan<- error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				<-r.Context().Done()
				ended <- err
				return
			}
		}
	}
}

func TestInProcess_panics(t *testing.T) {
	t.Parallel()
	_, err := call(t.Context(), t, func(http.ResponseWriter, *http.Request) { panic("boom") }, http.MethodGet, nil) //nolint:bodyclose // there is no answer
	if err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("before the answer: got %v", err)
	}
	res, err := call(t.Context(), t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("boom")
	}, http.MethodGet, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.ReadAll(res.Body); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("during the answer: got %v", err)
	}
}

package queue_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

func TestWorker_EveryRequestIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	r := newRecord()
	serve(t, newControl(t, s), r)
	w, ctx := newWorker(t, s, "w1"), within(t)
	if err := w.Report(ctx, slipway.WorkerReport{Name: "somebody-else"}); err != nil {
		t.Fatal(err)
	}
	got, err := w.Claim(ctx, 7)
	want := slipway.Assignment{
		Attempt: slipway.Attempt{Build: 7, Number: 1, Worker: "w1"}, Lease: 30 * time.Second,
		Service: slipway.ServiceName{Team: "shop", Name: "cart"}, Secrets: map[string]string{"TOKEN": "s3cret"},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Fatalf("claim: %v\n%s", err, d)
	}
	if lease, err := w.Renew(ctx, got.Attempt); lease != 30*time.Second || err != nil {
		t.Errorf("renew: %s, %v", lease, err)
	}
	chunk := make([]byte, 64<<10) // the largest, of bytes that take most room
	_, _ = rand.Read(chunk)
	pretended := got.Attempt
	pretended.Worker = "w2"
	if err := w.Append(ctx, pretended, 1, chunk); err != nil || !bytes.Equal(r.chunk(1), chunk) {
		t.Errorf("append: %v; want the chunk, and the worker's own name", err)
	}
	image, err := w.Stamp(ctx, got.Attempt, "sha256:c", "key", slipway.Revision{SHA: "abc"})
	if d := cmp.Diff(slipway.Image{Content: "sha256:c", Key: "key", Tag: "abc"}, image); d != "" || err != nil {
		t.Errorf("stamp: %v\n%s", err, d)
	}
	if held, err := w.Holder(ctx, got.Attempt, "key"); !held || err != nil {
		t.Errorf("holder: %t, %v", held, err)
	}
	if task, err := w.Task(ctx, 3); task.Event != 3 || err != nil {
		t.Errorf("task: %+v, %v", task, err)
	}
	if err := errors.Join(w.Expanded(ctx, 3, slipway.Expansion{}), w.Finish(ctx, got.Attempt, 1, slipway.Outcome{State: slipway.BuildSucceeded})); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{"w1"}, r.names()); d != "" {
		t.Errorf("a worker chose its name:\n%s", d)
	}
}

func TestWorker_AsksUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	w, ctx := newWorker(t, s, "w1"), within(t)
	a := slipway.Attempt{Build: 7, Number: 1}
	done := make(chan error, 1)
	go func() { done <- w.Finish(ctx, a, 0, slipway.Outcome{State: slipway.BuildFailed, Reason: "x"}) }()
	r := newRecord()
	r.setFail("finish", slipway.Errorf(slipway.CodeUnavailable, "the record does not answer"))
	serve(t, newControl(t, s), r) // comes after the first try
	eventually(t, "three tries", func() bool { return r.count("finish") >= 3 })
	r.setFail("finish", nil)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(ctx, a, 0, slipway.Outcome{State: slipway.BuildFailed}); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Errorf("the end of an attempt that ended gave %v, want a conflict", err)
	}
	if n := r.ends(); n != 1 {
		t.Errorf("ended %d times", n)
	}
}

func TestWorker_StopsAskingWithItsContext(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	w := newWorker(t, s, "w1")
	why := errors.New("the lease ended")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := w.Renew(ctx, slipway.Attempt{Build: 1, Number: 1}); !errors.Is(err, why) {
		t.Errorf("got %v, want the cause", err)
	}
}

func TestControl_ADefectOfOneRequestIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	r := newRecord()
	var once sync.Once
	r.before = func(string) { once.Do(func() { var none []int; _ = none[3] }) }
	serve(t, newControl(t, s), r)
	if _, err := newWorker(t, s, "w1").Claim(within(t), 1); err != nil {
		t.Errorf("after a defect: %v", err)
	}
}

// The control plane's server dies between commit and answer.
func TestWorker_AnAnswerThatIsLostIsAskedForAgain(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), free(t)
	s := start(t, dir, at)
	r := newRecord()
	committed, died := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.before = func(verb string) {
		if verb == "append" {
			once.Do(func() { close(committed); <-died })
		}
	}
	stop := serve(t, newControl(t, s), r)
	w := newWorker(t, s, "w1")
	done := make(chan error, 1)
	go func() { done <- w.Append(within(t), slipway.Attempt{Build: 1, Number: 1}, 1, []byte("line\n")) }()
	<-committed
	s.Close()
	close(died)
	stop()
	s = start(t, dir, at)
	serve(t, newControl(t, s), r)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := r.count("append"); n < 2 || string(r.chunk(1)) != "line\n" {
		t.Errorf("%d tries, chunk %q", n, r.chunk(1))
	}
}

func TestControl_SeveralShareTheRequests(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	r := newRecord()
	stop := serve(t, newControl(t, s), r)
	serve(t, newControl(t, s), r)
	w, ctx := newWorker(t, s, "w1"), within(t)
	for i := range 40 {
		if i == 20 {
			stop()
		}
		if _, err := w.Holder(ctx, slipway.Attempt{Build: 1, Number: 1}, "k"); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.count("holder"); n != 40 {
		t.Errorf("40 requests were answered %d times", n)
	}
}

// free gives an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // of a test
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

var _ queue.Builds = (*record)(nil)

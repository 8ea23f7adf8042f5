package queue_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

func build(id int64) slipway.Job { return slipway.Job{Kind: slipway.JobBuild, ID: id} }

// offered offers jobs until the worker gets the one that is wanted, as
// dispatch does: what is not claimed is offered again.
func offered(t *testing.T, c *queue.Control, w *queue.Worker, id int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	got := make(chan bool, 1)
	go func() {
		for {
			job, done, err := w.Next(ctx)
			if err != nil {
				return
			}
			done()
			if job == build(id) {
				got <- true
				return
			}
		}
	}()
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	for {
		if err := c.Offer(ctx, "w1", build(id)); err != nil && slipway.ErrorCode(err) != slipway.CodeUnavailable {
			t.Fatal(err)
		}
		select {
		case <-got:
			return
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("job %d never came", id)
		}
	}
}

func TestWorker_Next_GetsItsOwnJobsInOrder(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	c := newControl(t, s)
	serve(t, c, newRecord())
	ctx := within(t)
	for id := range int64(3) {
		if err := c.Offer(ctx, "w1", build(id+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Offer(ctx, "w2", build(9)); err != nil {
		t.Fatal(err)
	}
	w := newWorker(t, s, "w1")
	var got []slipway.Job
	for range 3 {
		job, done, err := w.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		done()
		got = append(got, job)
	}
	if d := cmp.Diff([]slipway.Job{build(1), build(2), build(3)}, got); d != "" {
		t.Error(d)
	}
}

func TestWorker_Next_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	serve(t, newControl(t, s), newRecord())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := newWorker(t, s, "w1").Next(ctx); err == nil {
		t.Error("a job came from nowhere")
	}
}

func TestControl_Offer_RefusesANameThatIsASubject(t *testing.T) {
	t.Parallel()
	c := newControl(t, start(t, t.TempDir(), ""))
	for _, name := range []string{"", "*", ">", "a.b", "w1 ", "$JS"} {
		if err := c.Offer(t.Context(), name, build(1)); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestQueue_ServerStartsAgain(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), free(t)
	s := start(t, dir, at)
	c := newControl(t, s)
	stop := serve(t, c, newRecord())
	w := newWorker(t, s, "w1")
	offered(t, c, w, 1)
	if err := c.Offer(within(t), "w1", build(2)); err != nil { // on disk
		t.Fatal(err)
	}
	stop()
	s.Close()
	s = start(t, dir, at)
	c = newControl(t, s)
	serve(t, c, newRecord())
	job, done, err := w.Next(within(t))
	if job == build(1) { // that it was done was still on its way when the server ended
		done()
		job, _, err = w.Next(within(t))
	}
	if err != nil || job != build(2) {
		t.Errorf("after the restart: %+v, %v; want the job that was there", job, err)
	}
}

func TestQueue_DirectoryIsDeletedWhileItRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir, "127.0.0.1:0")
	c := newControl(t, s)
	serve(t, c, newRecord())
	w := newWorker(t, s, "w1")
	offered(t, c, w, 1)
	eventually(t, "the directory is gone", func() bool { return os.RemoveAll(dir) == nil }) // the server writes there meanwhile
	for id := range int64(5) {
		offered(t, c, w, id+2)
	}
	if err := c.Probe(within(t)); err != nil {
		t.Error(err)
	}
}

func TestQueue_DirectoryIsDeletedBetweenRuns(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), free(t)
	s := start(t, dir, at)
	c := newControl(t, s)
	stop := serve(t, c, newRecord())
	w := newWorker(t, s, "w1")
	offered(t, c, w, 1)
	stop()
	s.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s = start(t, dir, at)
	c = newControl(t, s)
	serve(t, c, newRecord())
	offered(t, c, w, 2)
}

func TestControl_RingWakesThoseWhoListen(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	c := newControl(t, s)
	ctx, cancel := context.WithCancel(within(t))
	heard := make(chan string, 10)
	if err := c.Listen(ctx, "build", func(topic string) { heard <- topic }); err != nil {
		t.Fatal(err)
	}
	other := newControl(t, s)
	for _, topic := range []string{"outbox", "build.7", "builder"} {
		other.Ring(topic)
	}
	other.Ring("build")
	var got []string
	for range 2 {
		got = append(got, <-heard)
	}
	slices.Sort(got) // two subscriptions
	if d := cmp.Diff([]string{"build", "build.7"}, got); d != "" {
		t.Error(d)
	}
	cancel()
}

func TestControl_StopReachesItsWorker(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	c := newControl(t, s)
	w := newWorker(t, s, "w1")
	stopped := make(chan slipway.Attempt, 100)
	if err := w.Stops(t.Context(), func(a slipway.Attempt) { stopped <- a }); err != nil {
		t.Fatal(err)
	}
	want := slipway.Attempt{Build: 7, Number: 2, Worker: "w1"}
	eventually(t, "the worker hears it", func() bool { // the subscription may be on its way yet
		c.Stop(want, "w1")
		return len(stopped) > 0
	})
	if got := <-stopped; got != want {
		t.Errorf("got %+v", got)
	}
}

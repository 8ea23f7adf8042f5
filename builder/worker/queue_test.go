package worker_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
	"github.com/slipway-ci/slipway/queue"
)

// plane answers through a queue what control answers.
type plane struct{ *control }

func (p plane) Claim(ctx context.Context, _ string, build int64) (slipway.Assignment, error) {
	return p.control.Claim(ctx, build)
}

func (p plane) Renew(ctx context.Context, a slipway.Attempt) (time.Duration, error) {
	return 2 * time.Second, whatever(p.control.Renew(ctx, a))
}

func whatever(_ time.Duration, err error) error { return err }

func (p plane) Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error {
	p.mu.Lock()
	again := number <= len(p.chunks[a]) // its answer was lost
	p.mu.Unlock()
	if again {
		return nil
	}
	return p.control.Append(ctx, a, number, data)
}

func (p plane) Task(ctx context.Context, _ string, event int64) (slipway.Task, error) {
	return p.control.Task(ctx, event)
}

func (p plane) Expanded(ctx context.Context, _ string, event int64, e slipway.Expansion) error {
	return p.control.Expanded(ctx, event, e)
}

// A worker works over a real queue whose server stops in the middle of a
// build, for a while that is shorter than the lease.
func TestWorker_OverAQueueThatStartsAgain(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	dir, at := t.TempDir(), "127.0.0.1:0"
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) { a.Lease = 2 * time.Second }
	begin := func() (control *queue.Control, stop func()) {
		s, err := queue.Start(t.Context(), queue.Config{
			Dir: dir, Listen: at, Log: log, Authenticate: func(context.Context, string, string) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		at = s.URL()[len("nats://"):]
		link, err := queue.Dial(t.Context(), queue.Dialing{Server: s, Name: "control", Log: log})
		if err != nil {
			t.Fatal(err)
		}
		control, err = queue.NewControl(link, 1, log)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() {
			if err := control.Serve(ctx, queue.Handler{Builds: plane{c}, Keys: c, Events: plane{c}}); err != nil {
				t.Error(err)
			}
		})
		return control, func() { cancel(); done.Wait(); _ = link.Close(); s.Close() }
	}
	control, stop := begin()
	link, err := queue.Dial(t.Context(), queue.Dialing{URLs: []string{"nats://" + at}, Name: "w1", Worker: true, Password: "x", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	side, err := queue.NewWorker(link, "w1", log)
	if err != nil {
		t.Fatal(err)
	}
	in, release := make(chan struct{}), make(chan struct{})
	m.solve = func(ctx context.Context, r solve.Request) error {
		close(in)
		<-release
		return prints("after the pause")(ctx, r)
	}
	w := worker.New(worker.Config{Name: "w1", Log: log, Beat: 20 * time.Millisecond}, worker.Parts{Jobs: side, Builds: side, Keys: side, Events: side, Sources: m, Engine: m})
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	end := func() { cancel(); done.Wait(); _ = link.Close() }
	t.Cleanup(end)
	if err := control.Offer(t.Context(), "w1", slipway.Job{Kind: slipway.JobBuild, ID: 1}); err != nil {
		t.Fatal(err)
	}
	<-in
	stop()
	_, stop = begin()
	t.Cleanup(stop)
	close(release)
	if o := c.outcome(t, 1); o.State != slipway.BuildSucceeded {
		t.Errorf("%+v", o)
	}
	if text := c.printed(t, 1); text != "after the pause\n" {
		t.Errorf("the log is %q", text)
	}
	end() // before its server: it would go on telling it what was done
}

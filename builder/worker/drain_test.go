package worker_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
)

func TestWorker_DrainWaitsForWhatRuns(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	in, release := make(chan struct{}, 9), make(chan struct{})
	m.solve = func(context.Context, solve.Request) error { in <- struct{}{}; <-release; return nil }
	w, _ := run(t, c, m, worker.Config{Slots: 2})
	c.build(1)
	<-in
	done := make(chan struct{})
	go func() { defer close(done); w.Drain(t.Context()) }()
	c.until(t, "it says that it drains", func() bool { return c.last().Draining })
	c.build(2) // not taken
	select {
	case <-done:
		t.Fatal("the drain did not wait")
	default:
	}
	close(release)
	<-done
	if o := c.outcome(t, 1); o.State != slipway.BuildSucceeded || c.claims != 1 {
		t.Errorf("%+v, %d claims", o, c.claims)
	}
	w.Drain(t.Context()) // again is the same
}

func TestWorker_DrainHandsBackWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	m.solve = forever
	w, _ := run(t, c, m, worker.Config{})
	c.build(1)
	c.until(t, "it runs", func() bool { return len(c.last().Running) == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	w.Drain(ctx)
	if o := c.outcome(t, 1); o.State != slipway.BuildQueued || o.Class != "" || o.Reason == "" {
		t.Errorf("%+v, want it handed back without a strike", o)
	}
}

func TestWorker_RunHandsBackWhatRuns(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	m.solve = forever
	_, stop := run(t, c, m, worker.Config{Slots: 2})
	c.build(1)
	c.build(2)
	c.until(t, "both run", func() bool { return len(c.last().Running) == 2 })
	stop()
	for id := range int64(2) {
		if o := c.outcome(t, id+1); o.State != slipway.BuildQueued || o.Class != "" {
			t.Errorf("%+v", o)
		}
	}
}

func TestWorker_RunEndsAlsoWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	m.solve = forever
	_, stop := run(t, c, m, worker.Config{Grace: 50 * time.Millisecond})
	c.build(1)
	c.until(t, "it runs", func() bool { return len(c.last().Running) == 1 })
	c.leave()
	stop()
	if len(c.ended) > 0 {
		t.Errorf("%+v", c.ended)
	}
}

func TestWorker_ASickDaemonTakesItOutOfTheRota(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	run(t, c, m, worker.Config{Patient: 10 * time.Millisecond})
	once := true
	m.setCheck(func() error {
		if once {
			once = false
			return errors.New("busy")
		}
		return nil
	})
	c.build(1)
	if o := c.outcome(t, 1); o.State != slipway.BuildSucceeded {
		t.Errorf("%+v", o)
	}
	for _, r := range c.reports {
		if r.Sick != "" {
			t.Errorf("sick after one answer that did not come: %s", r.Sick)
		}
	}
	m.setCheck(func() error { return errors.New("connection refused") })
	c.until(t, "it is sick", func() bool { return strings.Contains(c.last().Sick, "engine does not answer: connection refused") })
	c.build(2)
	c.until(t, "the job is passed over", func() bool { return len(c.jobs) == 0 })
	m.setCheck(nil)
	c.until(t, "it is well again", func() bool { return c.last().Sick == "" })
	c.build(3)
	if o := c.outcome(t, 3); o.State != slipway.BuildSucceeded {
		t.Errorf("%+v", o)
	}
	if len(c.ended[2]) > 0 {
		t.Errorf("a sick worker built: %+v", c.ended[2])
	}
}

func TestWorker_AFullDiskTakesItOutOfTheRota(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	left := make(chan uint64, 1)
	left <- 100
	free := func(string) (uint64, error) {
		n := <-left
		left <- n
		return n, nil
	}
	const mib = 1 << 20
	run(t, c, m, worker.Config{Dir: t.TempDir(), Floor: 10 * mib, Free: free})
	c.until(t, "it is sick", func() bool { return strings.Contains(c.last().Sick, "almost full: 0 MiB free, 10 MiB are needed") })
	<-left
	left <- 10*mib + 1
	c.until(t, "it needs somewhat more to come back", func() bool { return strings.Contains(c.last().Sick, "10 MiB free, 11 MiB are needed") })
	<-left
	left <- 12 * mib
	c.until(t, "it is well again", func() bool { return c.last().Sick == "" })
}

func TestWorker_ReadsItsDisk(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	run(t, c, m, worker.Config{Dir: t.TempDir(), Floor: 1 << 62})
	c.until(t, "it is sick", func() bool { return strings.Contains(c.last().Sick, "almost full") })
}

package worker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
)

func TestWorker_OneBuildOfAKeySolvesAndTheOthersWait(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	in, release := make(chan struct{}, 9), make(chan struct{})
	m.solve = func(context.Context, solve.Request) error { in <- struct{}{}; <-release; return nil }
	run(t, c, m, worker.Config{Slots: 3})
	for id := range int64(3) {
		c.build(id + 1)
	}
	<-in
	c.until(t, "the others run, and renew meanwhile", func() bool { return len(c.last().Running) == 3 && c.renewals > 9 })
	close(release)
	known := 0
	for id := range int64(3) {
		o := c.outcome(t, id+1)
		if o.State != slipway.BuildSucceeded {
			t.Errorf("%+v", o)
		}
		if o.Known {
			known++
			if text := c.text(t, id+1); !strings.Contains(text, "waiting for it") {
				t.Errorf("the log does not say what it waits for: %q", text)
			}
		}
	}
	if m.solved != 1 || known != 2 {
		t.Errorf("%d solves, %d known", m.solved, known)
	}
}

func TestWorker_TheNextSolvesWhenTheHolderFailed(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	in, release := make(chan struct{}, 9), make(chan struct{})
	m.solve = func(context.Context, solve.Request) error {
		in <- struct{}{}
		<-release
		if m.tries() == 1 {
			return slipway.Errorf(slipway.CodeFailed, "x").WithClass(slipway.ClassCode)
		}
		return nil
	}
	run(t, c, m, worker.Config{Slots: 2})
	c.build(1)
	<-in
	c.build(2)
	c.until(t, "both run", func() bool { return len(c.last().Running) == 2 })
	close(release)
	if one, two := c.outcome(t, 1), c.outcome(t, 2); one.State != slipway.BuildFailed || two.State != slipway.BuildSucceeded || two.Known {
		t.Errorf("%+v, %+v", one, two)
	}
}

func (m *machine) tries() int { m.mu.Lock(); defer m.mu.Unlock(); return m.solved }

func TestWorker_AForcedBuildIsBuilt(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) { a.Force = a.Attempt.Build > 1 }
	run(t, c, m, worker.Config{})
	for id := range int64(3) {
		c.build(id + 1)
		if o := c.outcome(t, id+1); o.Known {
			t.Errorf("build %d was not built", id+1)
		}
	}
	if m.tries() != 3 {
		t.Errorf("%d solves", m.tries())
	}
}

func TestWorker_AnAttemptIsStaleWhereverItIsSaid(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"holder", "stamp", "append"} {
		c, m := newControl(), newMachine()
		c.assign = func(a *slipway.Assignment) { a.Lease = time.Hour }
		in, release := make(chan struct{}), make(chan struct{})
		cancelled := func() {
			c.mu.Lock()
			defer c.unlock()
			delete(c.attempts, 1)
		}
		m.opens = func(context.Context, slipway.Origin) error {
			if when == "holder" {
				cancelled()
			}
			return nil
		}
		m.solve = func(ctx context.Context, r solve.Request) error {
			close(in)
			if when == "append" {
				_ = prints("x")(ctx, r)
				return forever(ctx, r)
			}
			<-release
			return nil
		}
		_, stop := run(t, c, m, worker.Config{})
		c.build(1)
		if when != "holder" {
			<-in
			cancelled()
			close(release)
		}
		c.until(t, "it claimed and ran no more", func() bool { return c.claims == 1 && len(c.last().Running) == 0 && len(c.reports) > 3 })
		stop()
		if len(c.ended[1]) > 0 {
			t.Errorf("%s: %+v", when, c.ended[1])
		}
	}
}

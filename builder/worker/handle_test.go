package worker_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
)

func TestWorker_BuildsAndSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) { a.Silence = 7 * time.Minute }
	m.solve = func(_ context.Context, r solve.Request) error {
		now := time.Unix(2e9, 0)
		r.Log.Event(slipway.StepEvent{Step: "compile", Started: now})
		r.Log.Line(slipway.LogLine{Time: now, Step: "compile", Text: "hello"})
		r.Log.Line(slipway.LogLine{Time: now, Step: "compile", Text: "- GET x -> 200", Request: true})
		r.Log.Event(slipway.StepEvent{Step: "compile", Started: now, Ended: now.Add(time.Second), Cached: true})
		r.Log.Event(slipway.StepEvent{Step: "export", Started: now, Ended: now.Add(time.Second), Internal: true})
		return nil
	}
	run(t, c, m, worker.Config{})
	c.build(1)
	o := c.outcome(t, 1)
	want := slipway.Outcome{State: slipway.BuildSucceeded, Image: slipway.Image{Content: "sha256:content", Key: o.Image.Key, Tag: "main-20010909014640-c1"}}
	if d := cmp.Diff(want, o); d != "" {
		t.Error(d)
	}
	at := time.Unix(2e9, 0).UTC()
	entries := []slipway.LogEntry{
		{Time: at, Step: "compile", Begun: true},
		{Time: at, Step: "compile", Text: "hello"},
		{Time: at, Step: "compile", Text: "- GET x -> 200", Request: true},
		{Time: at.Add(time.Second), Step: "compile", Ended: true, Cached: true},
		{Text: "image: shop/cart:main-20010909014640-c1@"},
	}
	said := c.entries(t, 1)
	said[len(said)-1].Time = time.Time{}
	if d := cmp.Diff(entries, said, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Error(d)
	}
	if c.sent[1] != 1 || m.limits.Silence != 7*time.Minute {
		t.Errorf("the end named %d chunks, silence %s", c.sent[1], m.limits.Silence)
	}
	c.build(2) // the same content
	if o := c.outcome(t, 2); !o.Known || m.solved != 1 {
		t.Errorf("%+v after %d solves", o, m.solved)
	}
	if text := c.text(t, 2); text != "nothing to build: there is an image of this content already\nimage: shop/cart:main-20010909014640-c1@\n" {
		t.Errorf("the log says:\n%s", text)
	}
}

// A build of what is known says whose content it has, and one that was made
// anew is nobody's.
func TestWorker_SaysWhichBuildMadeWhatIsKnown(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.madeBy = 7
	run(t, c, m, worker.Config{})
	c.build(1)
	if o := c.outcome(t, 1); o.Image.MadeBy != 0 || strings.Contains(c.text(t, 1), "nothing to build") {
		t.Errorf("%+v\n%s", o, c.text(t, 1))
	}
	c.build(2)
	if o := c.outcome(t, 2); o.Image.MadeBy != 7 || !strings.Contains(c.text(t, 2), "nothing to build: the content is that of build 7\n") {
		t.Errorf("%+v\n%s", o, c.text(t, 2))
	}
}

func TestWorker_SaysWhoseFailureItIs(t *testing.T) {
	t.Parallel()
	step := slipway.Errorf(slipway.CodeFailed, `step "compile" ended with exit code 1`).WithHint("mend the lines above").WithDetails("main.go:3: undefined")
	for _, c := range []struct {
		err   error
		state slipway.BuildState
		class slipway.Class
	}{
		{step.WithClass(slipway.ClassCode), slipway.BuildFailed, slipway.ClassCode},
		{step.WithClass(slipway.ClassDependency), slipway.BuildFailed, slipway.ClassDependency},
		{slipway.Errorf(slipway.CodeUnavailable, "x").WithClass(slipway.ClassDependency), slipway.BuildFailed, slipway.ClassDependency},
		{slipway.Errorf(slipway.CodeLimit, "x").WithClass(slipway.ClassLimit), slipway.BuildFailed, slipway.ClassLimit},
		{slipway.Errorf(slipway.CodeLimit, "x"), slipway.BuildFailed, slipway.ClassLimit},
		{slipway.Errorf(slipway.CodeFailed, "x").WithClass(slipway.ClassRegistry), slipway.BuildFailed, slipway.ClassRegistry},
		{slipway.Errorf(slipway.CodeNotFound, "there is no commit"), slipway.BuildFailed, slipway.ClassCode},
		{slipway.Errorf(slipway.CodeForbidden, "not let in"), slipway.BuildFailed, slipway.ClassCode},
		{slipway.Errorf(slipway.CodeUnavailable, "x").WithClass(slipway.ClassRegistry), slipway.BuildQueued, slipway.ClassPlatform},
		{slipway.Errorf(slipway.CodeUnavailable, "x").WithClass(slipway.ClassPlatform), slipway.BuildQueued, slipway.ClassPlatform},
		{slipway.Errorf(slipway.CodeUnavailable, "x"), slipway.BuildQueued, slipway.ClassPlatform},
		{slipway.Errorf(slipway.CodeBusy, "x"), slipway.BuildQueued, slipway.ClassPlatform},
		{slipway.Errorf(slipway.CodeInternal, "x"), slipway.BuildQueued, slipway.ClassPlatform},
		{errors.New("something else"), slipway.BuildQueued, slipway.ClassPlatform},
	} {
		t.Run(c.err.Error()+" "+string(c.class), func(t *testing.T) {
			t.Parallel()
			plane, m := newControl(), newMachine()
			m.solve = func(context.Context, solve.Request) error { return c.err }
			run(t, plane, m, worker.Config{})
			plane.build(1)
			o := plane.outcome(t, 1)
			if o.State != c.state || o.Class != c.class || o.Reason != c.err.Error() {
				t.Errorf("got %+v", o)
			}
			text := plane.text(t, 1)
			if !strings.Contains(text, c.err.Error()) {
				t.Errorf("the log does not say why:\n%s", text)
			}
			if errors.Is(c.err, step) && !strings.HasSuffix(text, "main.go:3: undefined\nfailed (your code): "+c.err.Error()+"\nhint: mend the lines above\n") {
				t.Errorf("the log ends with:\n%s", text)
			}
		})
	}
}

// What fails while a part of the platform is away, or because a repository
// does not answer, is nobody's strike, and is tried again later.
func TestWorker_AnOutageIsNoStrike(t *testing.T) {
	t.Parallel()
	gone := slipway.Errorf(slipway.CodeUnavailable, "it went away").WithClass(slipway.ClassPlatform)
	for name, c := range map[string]struct {
		set   func(*machine)
		class slipway.Class
	}{
		"the daemon was away":       {func(m *machine) { m.away, m.solve = true, func(context.Context, solve.Request) error { return gone } }, ""},
		"nothing was away":          {func(m *machine) { m.solve = func(context.Context, solve.Request) error { return gone } }, slipway.ClassPlatform},
		"the forge does not answer": {func(m *machine) { m.opens = func(context.Context, slipway.Origin) error { return gone } }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plane, m := newControl(), newMachine()
			c.set(m)
			run(t, plane, m, worker.Config{})
			plane.build(1)
			want := slipway.Outcome{State: slipway.BuildQueued, Class: c.class, Reason: gone.Error(), Later: true}
			if diff := cmp.Diff(want, plane.outcome(t, 1)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWorker_ADefectOfOneBuildIsNoOthers(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	var once sync.Once
	m.solve = func(context.Context, solve.Request) error {
		once.Do(func() { panic("a defect") })
		return nil
	}
	run(t, c, m, worker.Config{})
	c.build(1)
	if o := c.outcome(t, 1); o.State != slipway.BuildQueued || o.Class != slipway.ClassPlatform {
		t.Errorf("%+v", o)
	}
	c.build(2)
	if o := c.outcome(t, 2); o.State != slipway.BuildSucceeded {
		t.Errorf("%+v", o)
	}
}

func TestWorker_WallClockLimit(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) { a.Wall = 50 * time.Millisecond }
	m.solve = forever
	run(t, c, m, worker.Config{})
	c.build(1)
	o := c.outcome(t, 1)
	if o.State != slipway.BuildFailed || o.Class != slipway.ClassLimit || !strings.Contains(o.Reason, "50ms") {
		t.Errorf("%+v", o)
	}
	if text := c.text(t, 1); !strings.Contains(text, "hint: ") {
		t.Errorf("no knob is named: %s", text)
	}
}

func TestWorker_KeepsItsLease(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	release := make(chan struct{})
	m.solve = func(context.Context, solve.Request) error { <-release; return nil }
	run(t, c, m, worker.Config{})
	c.build(1)
	c.until(t, "three leases long", func() bool { return c.renewals >= 9 })
	close(release)
	if o := c.outcome(t, 1); o.State != slipway.BuildSucceeded {
		t.Errorf("%+v", o)
	}
}

func TestWorker_StopsWhenItsTurnHasPassed(t *testing.T) {
	t.Parallel()
	for _, hint := range []bool{false, true} {
		c, m := newControl(), newMachine()
		if hint {
			c.assign = func(a *slipway.Assignment) { a.Lease = time.Hour }
		}
		ended := make(chan error, 1)
		started := make(chan struct{})
		var once sync.Once
		m.solve = func(ctx context.Context, r solve.Request) (err error) {
			once.Do(func() {
				close(started)
				err = forever(ctx, r)
				ended <- err
			})
			return err
		}
		run(t, c, m, worker.Config{})
		c.build(1)
		<-started
		a := slipway.Attempt{Build: 1, Number: 1, Worker: "w1"}
		c.mu.Lock()
		delete(c.attempts, 1) // cancelled
		stops := c.stops
		c.mu.Unlock()
		if hint {
			stops(slipway.Attempt{Build: 1, Number: 2}) // of another attempt: nothing
			stops(a)
		}
		if err := <-ended; err == nil {
			t.Error("the solve was not stopped")
		}
		c.build(2)
		if o := c.outcome(t, 2); o.State != slipway.BuildSucceeded {
			t.Errorf("the next build: %+v", o)
		}
		if len(c.ended[1]) > 0 {
			t.Errorf("hint %t: it said something: %+v", hint, c.ended[1])
		}
	}
}

func TestWorker_EndsItsBuildWhenNobodyAnswersForALease(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	started, ended := make(chan struct{}), make(chan struct{})
	m.solve = func(ctx context.Context, r solve.Request) error {
		close(started)
		defer close(ended)
		for ctx.Err() == nil { // prints on, and must not wait for the record for ever
			r.Log.Line(slipway.LogLine{Step: "compile", Text: strings.Repeat("x", 10_000)})
		}
		return context.Cause(ctx)
	}
	run(t, c, m, worker.Config{})
	c.build(1)
	<-started
	c.leave()
	<-ended // while nobody answers
	c.back()
	if o := c.outcome(t, 1); o.State != slipway.BuildQueued || o.Class != "" {
		t.Errorf("%+v, want it handed back without a strike", o)
	}
	if text := c.text(t, 1); !strings.Contains(text, "given back to the queue") {
		t.Errorf("the log ends with %q", text[max(0, len(text)-200):])
	}
}

func TestWorker_ADuplicateJobIsDoneOnce(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	release := make(chan struct{})
	m.solve = func(context.Context, solve.Request) error { <-release; return nil }
	run(t, c, m, worker.Config{Slots: 4})
	for range 3 {
		c.build(1)
	}
	c.build(2)
	c.until(t, "both run", func() bool { return len(c.last().Running) == 2 })
	if c.claims != 2 {
		t.Errorf("%d claims for two builds", c.claims)
	}
	close(release)
	c.outcome(t, 1)
	c.outcome(t, 2)
}

func TestWorker_WorksInAsManySlots(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) { a.Service.Name = "s" + string(rune('a'+a.Attempt.Build)) }
	in, release := make(chan struct{}, 4), make(chan struct{})
	var mu sync.Mutex
	now, most := 0, 0
	m.solve = func(context.Context, solve.Request) error {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		in <- struct{}{}
		<-release
		mu.Lock()
		defer mu.Unlock()
		now--
		return nil
	}
	run(t, c, m, worker.Config{Slots: 2})
	for id := range int64(4) {
		c.build(id + 1)
	}
	<-in
	<-in
	close(release)
	for id := range int64(4) {
		if o := c.outcome(t, id+1); o.State != slipway.BuildSucceeded {
			t.Errorf("build %d: %+v", id+1, o)
		}
	}
	if most != 2 {
		t.Errorf("%d ran at once in 2 slots", most)
	}
}

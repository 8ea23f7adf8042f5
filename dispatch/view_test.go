package dispatch_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
)

func TestView_Reasons(t *testing.T) {
	t.Parallel()
	one, four := []slipway.Worker{worker("w1", 1)}, []slipway.Worker{worker("w1", 4)}
	main := func(b *slipway.ActiveBuild) { b.Ref = "refs/heads/main" }
	offeredTo := func(w string) func(*slipway.ActiveBuild) {
		return func(b *slipway.ActiveBuild) { b.OfferedTo, b.Offered = w, noon.Add(-time.Second) }
	}
	limit := func(b *slipway.ActiveBuild) { b.Limit = 1 }
	two := dispatch.Limits{Team: map[string]int{"a": 2}, Pool: map[slipway.Trust]int{slipway.TrustStranger: 1}}
	takesStrangers := func(w *slipway.Worker) { w.Trust = append(w.Trust, slipway.TrustStranger) }
	running := []slipway.ActiveBuild{waits(1, "a", "x", main, runs), waits(2, "a", "y", runs)}
	for name, test := range map[string]struct {
		workers []slipway.Worker
		limits  dispatch.Limits
		builds  []slipway.ActiveBuild
		want    []string
	}{
		"nobody": {nil, two, []slipway.ActiveBuild{waits(3, "a", "x")}, []string{"no worker is there"}},
		"gone": {
			[]slipway.Worker{worker("w1", 1, func(w *slipway.Worker) { w.Seen = noon.Add(-time.Minute) })},
			two,
			[]slipway.ActiveBuild{waits(3, "a", "x")},
			[]string{"no worker is there"},
		},
		"gone with an offer": {
			[]slipway.Worker{worker("w1", 1, func(w *slipway.Worker) { w.Seen = noon.Add(-11 * time.Second) })},
			two,
			[]slipway.ActiveBuild{waits(3, "a", "x", offeredTo("w1"))},
			[]string{"no worker is there"},
		},
		"gone with an offer, and another is there": {
			[]slipway.Worker{worker("w1", 1, func(w *slipway.Worker) { w.Seen = noon.Add(-11 * time.Second) }), worker("w2", 1)},
			two,
			[]slipway.ActiveBuild{waits(3, "a", "x", offeredTo("w1"))},
			[]string{"the worker w1 is not heard of since it was offered it, and another one is asked next"},
		},
		"an offer that nobody took": {
			one,
			two,
			[]slipway.ActiveBuild{waits(3, "a", "x", func(b *slipway.ActiveBuild) { b.OfferedTo, b.Offered = "w1", noon.Add(-15*time.Second) })},
			[]string{"the worker w1 is about to be offered it"},
		},
		"trust": {four, two, []slipway.ActiveBuild{waits(3, "a", "x", stranger)}, []string{"no worker serves strangers' code"}},
		"platform": {
			[]slipway.Worker{worker("w1", 1, func(w *slipway.Worker) { w.Platform = "linux/arm64" })},
			two,
			[]slipway.ActiveBuild{waits(3, "a", "x")},
			[]string{"no worker that serves members' code builds for linux/amd64"},
		},
		"ill": {
			[]slipway.Worker{
				worker("w2", 1, func(w *slipway.Worker) { w.Sick = "its disk is full" }),
				worker("w1", 1, func(w *slipway.Worker) { w.Drain = true }),
				worker("w3", 1, func(w *slipway.Worker) { w.Protocol, w.Version = 7, "9.0.0" }),
			},
			two,
			[]slipway.ActiveBuild{waits(3, "a", "x")},
			[]string{"every worker that could build it takes nothing (w1: it is being drained; w2: its disk is full; w3: its release 9.0.0 is too far from this one)"},
		},
		"offered": {four, two, []slipway.ActiveBuild{waits(3, "a", "x", offeredTo("w1"))}, []string{"the worker w1 has been offered it"}},
		"about":   {four, two, []slipway.ActiveBuild{waits(3, "a", "x")}, []string{"the worker w1 is about to be offered it"}},
		"team":    {four, two, append(running, waits(3, "a", "x")), []string{"2 builds of the team a run, and the limit is 2"}},
		"service": {four, dispatch.Limits{}, append(running, waits(3, "a", "x", limit)), []string{"1 build of the service a/x runs, and the limit is 1"}},
		"ref":     {four, dispatch.Limits{}, append(running, waits(3, "a", "x", main)), []string{"build 1 of a/x runs for the same ref, and they run one after the other"}},
		"pool": {
			[]slipway.Worker{worker("w1", 4, takesStrangers)},
			two,
			[]slipway.ActiveBuild{waits(1, "b", "x", stranger, runs), waits(3, "a", "x", stranger)},
			[]string{"1 build of strangers' code runs, and the limit is 1"},
		},
		"slots": {
			one,
			dispatch.Limits{},
			[]slipway.ActiveBuild{waits(1, "a", "x", runs), waits(2, "a", "x"), waits(3, "b", "y"), waits(4, "b", "y")},
			[]string{"every slot is taken, and it is next", "every slot is taken, and 1 build is before it", "every slot is taken, and 2 builds are before it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scene(test.workers, test.builds...)
			s.Limits = test.limits
			var got []string
			for _, w := range dispatch.View(s) {
				got = append(got, w.Reason)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Builds of half a minute on one slot, of which 10 seconds have gone.
func TestView_Estimate(t *testing.T) {
	t.Parallel()
	s := scene([]slipway.Worker{worker("w1", 1)},
		waits(1, "a", "x", runs), waits(2, "a", "x"), waits(3, "a", "y"), waits(4, "a", "x"), waits(5, "a", "x", stranger))
	s.Builds[0].Started = noon.Add(-10 * time.Second)
	took := func(name string, d time.Duration) slipway.Build {
		return slipway.Build{Service: slipway.ServiceName{Team: "a", Name: name}, State: slipway.BuildSucceeded, Started: noon, Ended: noon.Add(d)}
	}
	s.Typical = dispatch.Typical([]slipway.Build{
		took("x", 30*time.Second), took("x", time.Second), took("x", time.Hour), took("z", 40*time.Second), {State: slipway.BuildFailed},
	})
	got := map[int64]time.Duration{}
	for _, w := range dispatch.View(s) {
		got[w.Build] = w.Estimate
	}
	want := map[int64]time.Duration{2: 20 * time.Second, 3: 50 * time.Second, 4: 90 * time.Second, 5: 0} // y takes what all take
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A build is offered where its service is at home, elsewhere when that does
// not take it, and a worker that comes or goes moves few.
func TestOrder_Affinity(t *testing.T) {
	t.Parallel()
	workers := []slipway.Worker{worker("w1", 9), worker("w2", 9), worker("w3", 9)}
	home := func(workers []slipway.Worker, name string, change ...func(*slipway.ActiveBuild)) string {
		return dispatch.Order(scene(workers, waits(1, "a", name, change...)))[0].Worker
	}
	count, moved := map[string]int{}, 0
	for i := range 300 {
		name := "s" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		at := home(workers, name)
		count[at]++
		if home(workers[:2], name) != at && at != "w3" {
			moved++
		}
		missed := func(b *slipway.ActiveBuild) { b.OfferedTo, b.Offered = at, noon.Add(-6*time.Second) }
		if home(workers, name, missed) == at {
			t.Fatalf("%s is offered again to %s, which did not take it", name, at)
		}
		if got := home([]slipway.Worker{worker(at, 1)}, name, missed); got != at {
			t.Fatalf("%s is not offered again to the only worker", name)
		}
	}
	if moved != 0 {
		t.Errorf("%d services moved that had no need to", moved)
	}
	for w, n := range count {
		if n < 60 || n > 140 {
			t.Errorf("%s has %d of 300 services", w, n)
		}
	}
}

func BenchmarkOrder_tenThousand(b *testing.B) {
	s := scene([]slipway.Worker{worker("w1", 4), worker("w2", 4)})
	for i := range int64(10_000) {
		s.Builds = append(s.Builds, waits(i+1, "team"+string(rune('a'+i%20)), "x"))
	}
	for b.Loop() {
		dispatch.Order(s)
	}
}

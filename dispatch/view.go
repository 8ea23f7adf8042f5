package dispatch

import (
	"maps"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// View tells of every build that waits where it stands, why it waits and when
// it may start. Positions are turns: what is held up by a limit keeps the
// place that it has without it. Estimates suppose that builds take as long as
// those before them did, and that nothing else comes; 0 is unknown.
func View(s Scene) []slipway.Waiting {
	f := newFloor(s)
	slices.SortFunc(f.offered, older)
	order := append(slices.Clone(f.offered), f.ranks()...)
	e := newEstimator(f)
	verdicts := map[int64]verdict{}
	for _, b := range f.offered {
		verdicts[b.ID] = f.taken(b)
	}
	for v := range f.verdicts() {
		verdicts[v.build.ID] = v
	}
	waiting := make([]slipway.Waiting, len(order))
	for i, b := range order {
		v := verdicts[b.ID]
		waiting[i] = slipway.Waiting{Build: b.ID, Position: i + 1, Reason: v.reason(i), Estimate: e.start(v)}
	}
	return waiting
}

// taken is the verdict on a build that stands offered. It holds its place also
// when the worker has gone since, which may yet come back and claim it.
func (f *floor) taken(b *slipway.ActiveBuild) verdict {
	if slices.ContainsFunc(f.benches, func(w bench) bool { return w.Name == b.OfferedTo }) {
		return verdict{build: b, worker: b.OfferedTo, reason: offeredTo(b.OfferedTo)}
	}
	if able, reason := f.able(b); len(able) == 0 {
		return verdict{build: b, reason: reason, never: true}
	}
	return verdict{build: b, reason: goneSince(b.OfferedTo)}
}

// ranks gives the builds that wait in the order of their turns, as if nothing
// held them up.
func (f *floor) ranks() []*slipway.ActiveBuild {
	turn := maps.Clone(f.turn)
	q := newQueue(f.waiting, f.Limits, f.Served)
	var order []*slipway.ActiveBuild
	for b, ok := q.next(turn); ok; b, ok = q.next(turn) {
		turn[b.Service.Team]++
		order = append(order, b)
	}
	return order
}

// estimator plays what waits through the slots that there are.
type estimator struct {
	Scene
	slots []time.Duration // when each is free, counted from now, ascending
}

func newEstimator(f *floor) *estimator {
	e := &estimator{Scene: f.Scene}
	for _, w := range f.benches {
		if w.ill == "" && w.Platform == f.Platform {
			for range w.Slots {
				e.slots = append(e.slots, 0)
			}
		}
	}
	for _, b := range f.Builds {
		if b.State == slipway.BuildRunning && len(e.slots) > 0 {
			// One that takes longer than usual may end at any moment.
			e.occupy(max(e.typical(b.Service)-f.Now.Sub(b.Started), time.Second))
		}
	}
	return e
}

// start is when a build that waits starts, after those that were asked about
// before it.
func (e *estimator) start(v verdict) time.Duration {
	typical := e.typical(v.build.Service)
	if v.never || len(e.slots) == 0 || typical == 0 {
		return 0
	}
	at := e.slots[0]
	e.occupy(at + typical)
	return max(at, time.Second).Round(time.Second)
}

// occupy has the slot that is free first taken until then.
func (e *estimator) occupy(until time.Duration) {
	e.slots = e.slots[1:]
	i, _ := slices.BinarySearch(e.slots, until)
	e.slots = slices.Insert(e.slots, i, until)
}

func (e *estimator) typical(name slipway.ServiceName) time.Duration {
	if d, ok := e.Typical[name]; ok {
		return d
	}
	return e.Typical[slipway.ServiceName{}]
}

// Typical gives the median duration of builds that ended, by service, and
// that of all of them by no name.
func Typical(ended []slipway.Build) map[slipway.ServiceName]time.Duration {
	times := map[slipway.ServiceName][]time.Duration{}
	for _, b := range ended {
		if b.State != slipway.BuildSucceeded || b.Started.IsZero() || b.Ended.Before(b.Started) {
			continue
		}
		took := b.Ended.Sub(b.Started)
		times[b.Service] = append(times[b.Service], took)
		times[slipway.ServiceName{}] = append(times[slipway.ServiceName{}], took)
	}
	median := map[slipway.ServiceName]time.Duration{}
	for name, all := range times {
		slices.Sort(all)
		median[name] = all[len(all)/2]
	}
	return median
}

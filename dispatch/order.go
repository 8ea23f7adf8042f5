package dispatch

import (
	"iter"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// Scene is all that the order of builds depends on.
type Scene struct {
	Now      time.Time
	Builds   []slipway.ActiveBuild // that wait or run, in any order
	Workers  []slipway.Worker
	Platform string // that builds are made for, "linux/amd64"
	Limits   Limits
	Served   map[string]float64                    // by team: see Shares
	Typical  map[slipway.ServiceName]time.Duration // how long a build of a service takes; that of "" is of all
}

// Placement gives a build to a worker.
type Placement struct {
	Build  slipway.ActiveBuild
	Worker string
}

// Order tells which builds are to be offered to which workers now, first
// things first. It is a pure function: the same scene gives the same order,
// however its parts are sorted. What runs or is offered counts against every
// limit and for every share.
func Order(s Scene) []Placement {
	f := newFloor(s)
	if f.full() {
		return nil
	}
	var placed []Placement
	for v := range f.verdicts() {
		if v.worker == "" {
			continue
		}
		placed = append(placed, Placement{*v.build, v.worker})
		if f.full() {
			break // with thousands that wait this is what saves time
		}
	}
	return placed
}

// verdict is what becomes of a build that waits: a worker gets it, or why not.
type verdict struct {
	build  *slipway.ActiveBuild
	worker string
	reason func(before int) string // before is how many builds are before it
	never  bool                    // no worker that is there could ever take it
}

// floor is the workshop in the course of a decision.
type floor struct {
	Scene
	used    usage
	benches []bench
	waiting []*slipway.ActiveBuild // not offered
	offered []*slipway.ActiveBuild
	turn    map[string]int // by team: builds that run, are offered or had their turn
}

func newFloor(s Scene) *floor {
	f := &floor{Scene: s, used: newUsage(), benches: benches(s), turn: map[string]int{}}
	for i := range s.Builds {
		switch b := &s.Builds[i]; {
		case b.State == slipway.BuildRunning:
			f.take(b, b.Worker)
		case b.State == slipway.BuildQueued && s.stands(b):
			f.offered = append(f.offered, b)
			f.take(b, b.OfferedTo)
		case b.State == slipway.BuildQueued:
			f.waiting = append(f.waiting, b)
		}
	}
	return f
}

// stands tells that a build has been offered, so lately that the worker may
// still claim it.
func (s Scene) stands(b *slipway.ActiveBuild) bool {
	return b.OfferedTo != "" && s.Now.Sub(b.Offered) < offered
}

// take counts a build as one that holds a slot.
func (f *floor) take(b *slipway.ActiveBuild, worker string) {
	f.used.add(b)
	f.turn[b.Service.Team]++
	for i := range f.benches {
		if f.benches[i].Name == worker {
			f.benches[i].free--
		}
	}
}

// full tells that no worker has a free slot.
func (f *floor) full() bool {
	return !slices.ContainsFunc(f.benches, func(w bench) bool { return w.ill == "" && w.free > 0 })
}

// verdicts gives those that wait in the order in which they are considered.
// One that a limit or the lack of a worker keeps waiting holds up nobody: its
// team's turn goes to the next one.
func (f *floor) verdicts() iter.Seq[verdict] {
	return func(yield func(verdict) bool) {
		q := newQueue(f.waiting, f.Limits, f.Served)
		for b, ok := q.next(f.turn); ok; b, ok = q.next(f.turn) {
			v := f.judge(b)
			if v.worker != "" {
				f.take(b, v.worker)
			}
			if !yield(v) {
				return
			}
		}
	}
}

func (f *floor) judge(b *slipway.ActiveBuild) verdict {
	if b.Due.After(f.Now) {
		return verdict{build: b, reason: triedAgain(b)}
	}
	if reason := f.used.limit(b, f.Limits); reason != nil {
		return verdict{build: b, reason: reason}
	}
	able, reason := f.able(b)
	if len(able) == 0 {
		return verdict{build: b, reason: reason, never: true}
	}
	if worker := choose(b, able); worker != "" {
		return verdict{build: b, worker: worker, reason: aboutTo(worker)}
	}
	return verdict{build: b, reason: slotsTaken}
}

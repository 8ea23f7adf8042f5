package store_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func rebuildTests() []test {
	return []test{
		{"a build is made again", (*record).rebuilds},
		{"a build that is made again takes nobody's turn", (*record).rebuildsAside},
		{"a build of another repository is not made again", (*record).rebuildsElsewhere},
	}
}

func (r *record) rebuilds(t *testing.T) {
	t.Helper()
	first := r.finds(t, r.pull(t, "1", "a", slipway.PullOpened)[0], "a", slipway.ExpandPolicy{Trust: slipway.TrustStranger, Priority: 3},
		slipway.Found{Name: "cart", Path: "p", Inputs: "x"}).Builds[0]
	_, err := r.Rebuild(t.Context(), first, false, "mia", noon)
	wants(t, err, slipway.CodeConflict)
	r.ends(t, first)
	for _, force := range []bool{false, true} {
		id := got(t)(r.Rebuild(t.Context(), first, force, "mia", noon))
		b := r.state(t, id)
		same(t, b, slipway.Build{
			ID: id, Service: cart, Event: b.Event, State: slipway.BuildQueued, Ref: "refs/heads/main", Commit: "a", Pull: 7, Path: "p",
			Trust: slipway.TrustStranger, Priority: 3, Force: force, Created: noon,
		})
		e := r.event(t, b.Event)
		if e.State != slipway.EventExpanded || e.Event.Kind != slipway.EventManual || e.Event.Actor != "mia" || !e.Event.Fork() || !e.Event.Repeatable {
			t.Errorf("%+v", e)
		}
	}
	_, err = r.Rebuild(t.Context(), 999, false, "mia", noon)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) rebuildsAside(t *testing.T) {
	t.Helper()
	old := r.expand(t, r.push(t, "a")[0], "a", true)
	r.ends(t, old)
	waiting := r.expand(t, r.push(t, "b")[0], "b", true)
	again := got(t)(r.Rebuild(t.Context(), old, false, "mia", noon))
	last := r.expand(t, r.push(t, "c")[0], "c", true)
	for build, want := range map[int64]slipway.BuildState{waiting: slipway.BuildSuperseded, again: slipway.BuildQueued, last: slipway.BuildQueued} {
		if got := r.state(t, build).State; got != want {
			t.Errorf("build %d is %s, want %s", build, got, want)
		}
	}
}

// A service that was connected to another repository since has builds that
// nobody could fetch.
func (r *record) rebuildsElsewhere(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	old := r.build(t, "a")
	_, err := r.RemoveConnection(ctx, r.connection, true, "mia", noon)
	must(t, err)
	moved := got(t)(r.Connect(ctx, slipway.Connection{Team: "shop", Forge: "github", URL: "https://forge.example/shop/moved.git", Created: noon}, slipway.Keys{}))
	got(t)(r.AddService(ctx, slipway.Service{Name: cart, Connection: moved}))
	_, err = r.Rebuild(ctx, old, false, "mia", noon)
	wants(t, err, slipway.CodeConflict)
	if all, err := r.Events(ctx, 0, 0, 9); len(all) != 1 || err != nil {
		t.Errorf("what was refused is left: %+v, %v", all, err)
	}
}

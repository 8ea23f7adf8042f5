package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-ci/slipway"
)

func expandTests() []test {
	return []test{
		{"an event is expanded once", (*record).expandOnce},
		{"events are expanded at once", (*record).expandTogether},
		{"inputs are compared per service and ref", (*record).compares},
		{"a required service is told of although it is unchanged", (*record).requires},
		{"a problem ends an event", (*record).problem},
		{"an event may mean one service", (*record).only},
	}
}

func (r *record) expandOnce(t *testing.T) {
	t.Helper()
	event := r.push(t, "a")[0]
	first, again := r.expand(t, event, "a", false), r.expand(t, event, "a", false)
	if first != again {
		t.Errorf("expanded twice: builds %d and %d", first, again)
	}
	if order, err := r.Pending(t.Context(), 10); len(order) != 0 || err != nil {
		t.Errorf("still pending: %v, %v", order, err)
	}
	_, err := r.Expand(t.Context(), 999, slipway.Expansion{}, slipway.ExpandPolicy{}, noon)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) compares(t *testing.T) {
	t.Helper()
	branch := func(name, object, inputs string, also ...slipway.Found) slipway.Expanded {
		t.Helper()
		e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/" + name, After: object}
		found := append([]slipway.Found{{Name: "cart", Inputs: inputs}}, also...)
		return r.finds(t, r.receive(t, name+object, e)[0], object, slipway.ExpandPolicy{Default: "refs/heads/main"}, found...)
	}
	a := branch("main", "a", "x", slipway.Found{Name: "stock", Inputs: "s"})
	if len(a.Builds) != 2 {
		t.Fatalf("%+v", a)
	}
	for i, step := range []struct {
		branch, object, inputs string
		builds                 bool
	}{
		{"main", "b", "x", false}, // the same waits
		{"main", "c", "y", true},
		{"main", "d", "x", true}, // what was last is y
		{"other", "d", "x", true},
		{"other", "e", "x", false},
		{"main", "f", "", true}, // not known
		{"main", "g", "", true},
	} {
		out := branch(step.branch, step.object, step.inputs)
		if (len(out.Builds) == 1) != step.builds || (len(out.Unchanged) == 1) == step.builds {
			t.Errorf("step %d: %+v", i, out)
		}
	}
	failed := branch("third", "h", "z").Builds[0]
	must(t, r.Finish(t.Context(), r.claim(t, failed), 0, slipway.Outcome{State: slipway.BuildFailed}, noon))
	if out := branch("third", "i", "z"); len(out.Builds) != 1 {
		t.Errorf("what failed is not tried again: %+v", out)
	}
}

func (r *record) requires(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	p := slipway.ExpandPolicy{Required: []string{"cart"}}
	event := r.push(t, "b")[0]
	out := r.finds(t, event, "b", p, slipway.Found{Name: "cart", Inputs: "inputs of a"})
	if len(out.Unchanged) != 1 || len(out.Builds) != 0 {
		t.Fatalf("%+v", out)
	}
	again := r.finds(t, event, "b", p)
	same(t, again, out)
	u, err := r.Unchanged(t.Context(), out.Unchanged[0])
	must(t, err)
	same(t, u, slipway.Unchanged{ID: out.Unchanged[0], Service: cart, Event: event, Commit: "b", Build: build, Required: true})
	all, err := r.UnchangedBy(t.Context(), event)
	must(t, err)
	same(t, all, []slipway.Unchanged{u})
	r.ends(t, build)
	name := fmt.Sprint("unchanged:", u.ID)
	// It is told when the event is expanded, and again when its build ends.
	same(t, r.told(t), []string{
		fmt.Sprint("build:", build), fmt.Sprint("event:", r.state(t, build).Event), name, fmt.Sprint("event:", event),
		fmt.Sprint("build:", build), fmt.Sprint("build:", build), name,
	})
	_, err = r.Unchanged(t.Context(), 999)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) problem(t *testing.T) {
	t.Helper()
	event := r.push(t, "a")[0]
	x := slipway.Expansion{Commit: "a", Problem: &slipway.Problem{Code: slipway.CodeInvalid, Message: "slipway.yaml is not YAML", Hint: "mend line 3"}}
	for range 2 {
		out, err := r.Expand(t.Context(), event, x, slipway.ExpandPolicy{}, noon)
		if len(out.Builds)+len(out.Unchanged) != 0 || err != nil {
			t.Errorf("%+v, %v", out, err)
		}
	}
	if e := r.event(t, event); e.State != slipway.EventFailed || e.Note != "slipway.yaml is not YAML\nmend line 3" {
		t.Errorf("%+v", e)
	}
	same(t, r.told(t), []string{fmt.Sprint("event:", event)})
	_, err := r.Expand(t.Context(), event, slipway.Expansion{Services: []slipway.Found{{Name: "cart"}}}, slipway.ExpandPolicy{}, noon)
	wants(t, err, slipway.CodeUsage)
}

// expandTogether expands many events of one ref at once, each of them twice:
// in every order one build is left that waits, and it is the last head's.
func (r *record) expandTogether(t *testing.T) {
	t.Helper()
	const many = 8
	var wg sync.WaitGroup
	for i := range many {
		event, object := r.push(t, fmt.Sprint(i))[0], fmt.Sprint(i)
		yes := true
		for range 2 {
			wg.Go(func() {
				x := slipway.Expansion{Commit: object, Services: []slipway.Found{{Name: "cart", Inputs: object, Supersede: &yes}, {Name: "new", Supersede: &yes}}}
				if out, err := r.Expand(context.WithoutCancel(t.Context()), event, x, slipway.ExpandPolicy{}, noon); err != nil || len(out.Builds) != 2 {
					t.Errorf("%+v, %v", out, err)
				}
			})
		}
	}
	wg.Wait()
	all, err := r.Builds(t.Context(), slipway.BuildPage{Most: 100})
	if err != nil || len(all) != 2*many {
		t.Errorf("%d builds, %v", len(all), err)
	}
	waiting, err := r.Active(t.Context())
	if err != nil || len(waiting) != 2 || waiting[0].Commit != "7" || waiting[1].Commit != "7" {
		t.Errorf("%+v, %v", waiting, err)
	}
}

func (r *record) only(t *testing.T) {
	t.Helper()
	start := func(name string) slipway.EventRecord {
		t.Helper()
		id := got(t)(r.Start(t.Context(), r.connection, slipway.Event{
			Kind: slipway.EventManual, Repository: "shop/cart", Ref: "refs/heads/main", Only: []string{name}, Repeatable: true,
		}, noon))
		r.finds(t, id, "a", slipway.ExpandPolicy{}, slipway.Found{Name: "cart", Inputs: "x"}, slipway.Found{Name: "stock", Inputs: "y"})
		e, err := r.Event(t.Context(), id)
		must(t, err)
		return e
	}
	e := start("stock")
	builds, err := r.Builds(t.Context(), slipway.BuildPage{Event: e.ID, Most: 9})
	if len(builds) != 1 || builds[0].Service.Name != "stock" || e.Note != "" || err != nil {
		t.Errorf("%+v, %q, %v", builds, e.Note, err)
	}
	lacking := r.push(t, "c")[0]
	r.finds(t, lacking, "c", slipway.ExpandPolicy{}, slipway.Found{Name: "stock", Inputs: "z"})
	if e, err := r.Event(t.Context(), lacking); !strings.Contains(e.Note, "no service cart at this commit, which is registered") || err != nil {
		t.Errorf("note %q, %v", e.Note, err)
	}
	if e := start("gone"); e.Note != "the repository has no service gone at this commit" {
		t.Errorf("note %q", e.Note)
	}
}

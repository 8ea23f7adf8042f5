package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func expandTests() []test {
	return []test{
		{"an event is expanded once", (*record).expandOnce},
		{"events are expanded at once", (*record).expandTogether},
		{"a later head supersedes what waits", (*record).supersedes},
		{"which builds give up their turn", (*record).supersedesWhere},
		{"an earlier event that is expanded late takes nobody's turn", (*record).expandsLate},
		{"inputs are compared per service and ref", (*record).compares},
		{"a required service is told of although it is unchanged", (*record).requires},
		{"a problem ends an event", (*record).problem},
		{"the default branch says how services are", (*record).registers},
		{"strangers make no services", (*record).strangers},
		{"what waits for a ref that is gone is let go", (*record).withdraws},
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
	_, err := r.Expand(t.Context(), 999, slipway.Expansion{}, store.Policy{}, noon)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) supersedes(t *testing.T) {
	t.Helper()
	running := r.expand(t, r.push(t, "a")[0], "a", true)
	a := r.claim(t, running)
	waiting := r.expand(t, r.push(t, "b")[0], "b", true)
	last := r.expand(t, r.push(t, "c")[0], "c", true)
	for build, want := range map[int64]slipway.BuildState{running: slipway.BuildRunning, waiting: slipway.BuildSuperseded, last: slipway.BuildQueued} {
		if got := r.state(t, build).State; got != want {
			t.Errorf("build %d is %s, want %s", build, got, want)
		}
	}
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	_, err := r.Claim(t.Context(), waiting, "w", noon, noon)
	wants(t, err, slipway.CodeConflict)
}

func (r *record) supersedesWhere(t *testing.T) {
	t.Helper()
	yes, no := true, false
	for i, c := range []struct {
		ref       string
		pull      *slipway.PullRequest
		unset     bool // the default branch is not known
		supersede *bool
		want      bool
	}{
		{ref: "refs/heads/main", want: false},
		{ref: "refs/heads/x", want: true},
		{ref: "refs/heads/y", unset: true, want: false},
		{ref: "refs/tags/v1", want: false},
		{ref: "refs/heads/main", pull: &slipway.PullRequest{Number: 1}, want: true},
		{ref: "refs/heads/main", pull: &slipway.PullRequest{Number: 2}, unset: true, want: true},
		{ref: "refs/heads/main", pull: &slipway.PullRequest{Number: 3}, supersede: &no, want: false},
		{ref: "refs/heads/main", supersede: &yes, want: true},
		{ref: "refs/heads/z", supersede: &no, want: false},
	} {
		p := store.Policy{Default: "refs/heads/main"}
		if c.unset {
			p.Default = ""
		}
		var first int64
		for _, object := range []string{"a", "b"} {
			e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: c.ref, After: fmt.Sprint(object, i), Pull: c.pull}
			out := r.finds(t, r.receive(t, fmt.Sprint(i, object), e)[0], e.After, p, slipway.Found{Name: "cart", Supersede: c.supersede})
			if first == 0 {
				first = out.Builds[0]
			}
		}
		if got := r.state(t, first).State == slipway.BuildSuperseded; got != c.want {
			t.Errorf("%+v: superseded: %t", c, got)
		}
	}
}

func (r *record) expandsLate(t *testing.T) {
	t.Helper()
	first, second := r.push(t, "a")[0], r.push(t, "b")[0]
	later := r.expand(t, second, "b", true)
	late := r.expand(t, first, "a", true)
	if got := r.state(t, late); got.State != slipway.BuildSuperseded || got.Ended.IsZero() || got.Reason == "" {
		t.Errorf("%+v", got)
	}
	if got := r.state(t, later); got.State != slipway.BuildQueued {
		t.Errorf("%+v", got)
	}
}

func (r *record) compares(t *testing.T) {
	t.Helper()
	branch := func(name, object, inputs string, also ...slipway.Found) store.Expanded {
		t.Helper()
		e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/" + name, After: object}
		found := append([]slipway.Found{{Name: "cart", Inputs: inputs}}, also...)
		return r.finds(t, r.receive(t, name+object, e)[0], object, store.Policy{Default: "refs/heads/main"}, found...)
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
	p := store.Policy{Required: []string{"cart"}}
	event := r.push(t, "b")[0]
	out := r.finds(t, event, "b", p, slipway.Found{Name: "cart", Inputs: "inputs of a"})
	if len(out.Unchanged) != 1 || len(out.Builds) != 0 {
		t.Fatalf("%+v", out)
	}
	again := r.finds(t, event, "b", p)
	same(t, again, out)
	u, err := r.Unchanged(t.Context(), out.Unchanged[0])
	must(t, err)
	same(t, u, store.Unchanged{ID: out.Unchanged[0], Service: cart, Event: event, Commit: "b", Build: build, Required: true})
	all, err := r.UnchangedBy(t.Context(), event)
	must(t, err)
	same(t, all, []store.Unchanged{u})
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
		out, err := r.Expand(t.Context(), event, x, store.Policy{}, noon)
		if len(out.Builds)+len(out.Unchanged) != 0 || err != nil {
			t.Errorf("%+v, %v", out, err)
		}
	}
	if e := r.event(t, event); e.State != store.EventFailed || e.Note != "slipway.yaml is not YAML\nmend line 3" {
		t.Errorf("%+v", e)
	}
	same(t, r.told(t), []string{fmt.Sprint("event:", event)})
	_, err := r.Expand(t.Context(), event, slipway.Expansion{Services: []slipway.Found{{Name: "cart"}}}, store.Policy{}, noon)
	wants(t, err, slipway.CodeUsage)
}

func (r *record) registers(t *testing.T) {
	t.Helper()
	p := store.Policy{Default: "refs/heads/main", Priority: 5}
	found := slipway.Found{Name: "stock", Path: "stock", Kind: slipway.KindWeb, Needs: []string{"cart"}}
	out := r.finds(t, r.push(t, "a")[0], "a", p, slipway.Found{Name: "cart"}, found)
	b := r.state(t, out.Builds[1])
	same(t, b, slipway.Build{
		ID: out.Builds[1], Service: slipway.ServiceName{Team: "shop", Name: "stock"}, Event: b.Event, State: slipway.BuildQueued, Ref: "refs/heads/main", Commit: "a",
		Path: "stock", Needs: []string{"cart"}, Trust: slipway.TrustMember, Priority: 5, Created: noon,
	})
	stock, err := r.Service(t.Context(), b.Service)
	must(t, err)
	same(t, stock, slipway.Service{ID: stock.ID, Name: b.Service, Connection: r.connection, Path: "stock", Kind: slipway.KindWeb, Needs: []string{"cart"}})
	stock.Limit = 4
	got(t)(r.AddService(t.Context(), stock))
	found.Path, found.Needs = "moved", nil
	other := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/other", After: "b"}
	r.finds(t, r.receive(t, "other", other)[0], "b", p, found)
	if v, err := r.Service(t.Context(), b.Service); v.Path != "stock" || err != nil {
		t.Errorf("another branch moved it: %+v, %v", v, err)
	}
	r.finds(t, r.push(t, "b")[0], "b", p, found)
	if v, err := r.Service(t.Context(), b.Service); v.Path != "moved" || v.Needs != nil || v.Limit != 4 || err != nil {
		t.Errorf("%+v, %v", v, err)
	}
}

func (r *record) strangers(t *testing.T) {
	t.Helper()
	event := r.pull(t, "1", "a", slipway.PullOpened)[0]
	out := r.finds(t, event, "a", store.Policy{Trust: slipway.TrustStranger}, slipway.Found{Name: "cart", Path: "elsewhere"}, slipway.Found{Name: "theirs"})
	if len(out.Builds) != 1 {
		t.Fatalf("%+v", out)
	}
	if b := r.state(t, out.Builds[0]); b.Trust != slipway.TrustStranger || b.Pull != 7 || b.Path != "elsewhere" {
		t.Errorf("%+v", b)
	}
	all, err := r.Services(t.Context(), "shop")
	if err != nil || len(all) != 1 || all[0].Path != "" {
		t.Errorf("%+v, %v", all, err)
	}
	if e := r.event(t, event); e.Note == "" {
		t.Error("nobody is told why a new service is not built")
	}
}

func (r *record) withdraws(t *testing.T) {
	t.Helper()
	waiting := r.expand(t, r.push(t, "a")[0], "a", true)
	gone := r.push(t, "")[0]
	r.finds(t, gone, "", store.Policy{})
	if b := r.state(t, waiting); b.State != slipway.BuildSuperseded || b.Reason != "refs/heads/main is gone" {
		t.Errorf("%+v", b)
	}
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
				if out, err := r.Expand(context.WithoutCancel(t.Context()), event, x, store.Policy{}, noon); err != nil || len(out.Builds) != 2 {
					t.Errorf("%+v, %v", out, err)
				}
			})
		}
	}
	wg.Wait()
	all, err := r.Builds(t.Context(), store.Page{Most: 100})
	if err != nil || len(all) != 2*many {
		t.Errorf("%d builds, %v", len(all), err)
	}
	waiting, err := r.Active(t.Context())
	if err != nil || len(waiting) != 2 || waiting[0].Commit != "7" || waiting[1].Commit != "7" {
		t.Errorf("%+v, %v", waiting, err)
	}
}

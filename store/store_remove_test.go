package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func removeTests() []test {
	return []test{
		{"a connection is removed with what hangs on it", (*record).removesConnection},
		{"a team is removed with what hangs on it", (*record).removesTeam},
		{"what comes while a connection is removed is not left", (*record).removesMeanwhile},
		{"what was removed is forgotten in time", (*record).forgetsRemoved},
		{"a connection comes back", (*record).connectsAgain},
	}
}

// inTheWay sees that a removal is refused with a list.
func inTheWay(t *testing.T, err error, want ...string) {
	t.Helper()
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Code != slipway.CodeConflict || !slices.Equal(e.Details, want) || e.Hint == "" {
		t.Errorf("%+v, want a conflict with %q", err, want)
	}
}

func (r *record) removesConnection(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must(t, r.SetSecret(ctx, "shop", "cart", "TOKEN", "x", noon))
	must(t, r.SetSecret(ctx, "shop", "", "TOKEN", "x", noon))
	running, waiting, pending := r.build(t, "a"), r.build(t, "b"), r.push(t, "c")[0]
	a := r.claim(t, running)
	got(t)(r.SetController(ctx, slipway.Controller{Team: "shop", URL: "https://jenkins.example"}, slipway.ControllerKeys{Token: "x"}))
	must(t, r.SetDownstream(ctx, cart, "deploy/cart"))
	_, err := r.RemoveConnection(ctx, r.connection, false, "mia", noon)
	inTheWay(t, err, "service shop/cart")
	if names, err := r.SecretNames(ctx, "shop"); len(names) != 2 || err != nil || r.state(t, waiting).State != slipway.BuildQueued {
		t.Errorf("a refused removal did something: %v, %v", names, err)
	}
	gone, err := r.RemoveConnection(ctx, r.connection, true, "mia", noon)
	must(t, err)
	same(t, gone, slipway.Removed{
		Connections: []int64{r.connection}, Services: []slipway.ServiceName{cart}, Builds: []int64{running, waiting},
		Stopped: []slipway.Attempt{{Build: running, Number: 1, Worker: "worker-1"}},
	})
	for _, build := range gone.Builds {
		if b := r.state(t, build); b.State != slipway.BuildCancelled || b.Reason != "connection 1 was removed by mia" || b.Service != cart {
			t.Errorf("%+v", b)
		}
	}
	wants(t, r.Finish(ctx, a, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon), slipway.CodeConflict)
	if e, err := r.Event(ctx, pending); e.State != slipway.EventFailed || e.Note != "connection 1 was removed by mia" || err != nil {
		t.Errorf("%+v, %v", e, err)
	}
	if names, err := r.SecretNames(ctx, "shop"); len(names) != 1 || names[0].Service != "" || err != nil {
		t.Errorf("secrets are left: %v, %v", names, err)
	}
	for what, do := range map[string]func() error{
		"connection": func() error { _, err := r.Connection(ctx, r.connection); return err },
		"keys":       func() error { _, err := r.Keys(ctx, r.connection); return err },
		"set keys":   func() error { return r.SetKeys(ctx, r.connection, slipway.Keys{}) },
		"service":    func() error { _, err := r.Service(ctx, cart); return err },
		"add service": func() error {
			_, err := r.AddService(ctx, slipway.Service{Name: cart, Connection: r.connection})
			return err
		},
		"start": func() error {
			_, err := r.Start(ctx, r.connection, slipway.Event{Kind: slipway.EventManual}, noon)
			return err
		},
		"verify": func() error { _, err := r.Verify(ctx, r.connection, mainRef, "d", noon); return err },
		"receive": func() error {
			_, err := r.Receive(ctx, slipway.Delivery{Connection: r.connection, ID: "late", At: noon, Events: []slipway.Event{{Kind: slipway.EventPush, Ref: mainRef, After: "z"}}})
			return err
		},
		"again": func() error { _, err := r.RemoveConnection(ctx, r.connection, true, "mia", noon); return err },
	} {
		if err := do(); slipway.ErrorCode(err) != slipway.CodeNotFound {
			t.Errorf("%s: %v, want not_found", what, err)
		}
	}
	_, err = r.Rebuild(ctx, waiting, false, "mia", noon)
	wants(t, err, slipway.CodeConflict)
	if all, err := r.Connections(ctx, ""); len(all) != 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	if due, err := r.Pending(ctx, 10); len(due) != 0 || err != nil {
		t.Errorf("%+v, %v", due, err)
	}
}

func (r *record) removesTeam(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	build := r.build(t, "a")
	must(t, r.SetSecret(ctx, "shop", "", "TOKEN", "x", noon))
	must(t, r.SetPolicy(ctx, "shop", slipway.Policy{"size": slipway.BreachFail}))
	must(t, r.Audit(ctx, slipway.AuditEntry{At: noon, Who: "mia", Did: "x", Team: "shop"}))
	jenkins := got(t)(r.SetController(ctx, slipway.Controller{Team: "shop", URL: "https://jenkins.example"}, slipway.ControllerKeys{Token: "x"}))
	token := got(t)(r.AddToken(ctx, slipway.Token{Name: "ann", Team: "shop", Role: slipway.RoleViewer}, [32]byte{1}))
	_, err := r.RemoveTeam(ctx, "shop", false, "mia", noon)
	inTheWay(t, err, fmt.Sprintf("connection %d to https://forge.example/shop/cart.git", r.connection))
	_, err = r.RemoveTeam(ctx, "nobody", true, "mia", noon)
	wants(t, err, slipway.CodeNotFound)
	gone, err := r.RemoveTeam(ctx, "shop", true, "mia", noon)
	must(t, err)
	late := fmt.Sprintf("shop-removed-%d", 1)
	same(t, gone, slipway.Removed{Name: late, Connections: []int64{r.connection}, Services: []slipway.ServiceName{cart}, Tokens: 1, Builds: []int64{build}})
	_, err = r.TokenOf(ctx, [32]byte{1}, noon)
	wants(t, err, slipway.CodeForbidden)
	wants(t, r.RevokeToken(ctx, token), slipway.CodeNotFound)
	_, err = r.ControllerKeys(ctx, jenkins)
	wants(t, err, slipway.CodeNotFound)
	if b := r.state(t, build); b.Service.Team != late || b.Reason != "the team was removed by mia" {
		t.Errorf("%+v", b)
	}
	wants(t, r.AddTeam(ctx, "pay-removed-7"), slipway.CodeUsage)

	// Who has the name next begins with nothing.
	must(t, r.AddTeam(ctx, "shop"))
	if log, err := r.AuditLog(ctx, "shop", 0, 9); len(log) != 0 || err != nil {
		t.Errorf("%+v, %v", log, err)
	}
	if p, err := r.Policy(ctx, "shop"); p != nil || err != nil {
		t.Errorf("%+v, %v", p, err)
	}
	if all, err := r.Builds(ctx, slipway.BuildPage{Team: "shop", Most: 9}); len(all) != 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	if all, err := r.Builds(ctx, slipway.BuildPage{Team: late, Most: 9}); len(all) != 1 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	if names, err := r.SecretNames(ctx, "shop"); len(names) != 0 || err != nil {
		t.Errorf("%+v, %v", names, err)
	}
	if teams, err := r.Teams(ctx); !slices.Equal(teams, []string{"shop"}) || err != nil {
		t.Errorf("%v, %v", teams, err)
	}
}

// removesMeanwhile sends pushes, expands them and registers services while the
// connection goes: whatever came first, nothing is left that waits.
func (r *record) removesMeanwhile(t *testing.T) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			d := slipway.Delivery{Connection: r.connection, ID: fmt.Sprint(i), At: noon, Events: []slipway.Event{{Kind: slipway.EventPush, Ref: mainRef, After: fmt.Sprint("o", i)}}}
			ids, err := r.Receive(ctx, d)
			if err == nil {
				_, err = r.Expand(ctx, ids[0], slipway.Expansion{Commit: d.Events[0].After, Services: []slipway.Found{{Name: fmt.Sprint("s", i)}}}, slipway.ExpandPolicy{}, noon)
			}
			if err == nil {
				_, err = r.AddService(ctx, slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: fmt.Sprint("t", i)}, Connection: r.connection})
			}
			if code := slipway.ErrorCode(err); code != "" && code != slipway.CodeNotFound && code != slipway.CodeConflict {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		if _, err := r.RemoveConnection(ctx, r.connection, true, "mia", noon); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	for _, state := range []slipway.BuildState{slipway.BuildQueued, slipway.BuildRunning} {
		if all, err := r.Builds(ctx, slipway.BuildPage{State: state, Most: 9}); len(all) != 0 || err != nil {
			t.Errorf("%s: %+v, %v", state, all, err)
		}
	}
	if all, err := r.Services(ctx, ""); len(all) != 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	if due, err := r.Pending(ctx, 10); len(due) != 0 || err != nil {
		t.Errorf("%+v, %v", due, err)
	}
}

func (r *record) forgetsRemoved(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	last := r.logged(t, "a")
	r.build(t, "b")
	later := noon.Add(time.Second)
	all := store.Ages{Deliveries: later, Logs: later, Builds: later}
	_, err := r.RemoveTeam(ctx, "shop", true, "mia", noon)
	must(t, err)
	if n, err := r.Forget(ctx, store.Ages{Builds: noon}); n != (store.Forgotten{}) || err != nil {
		t.Errorf("%+v, %v", n, err)
	}
	n, err := r.Forget(ctx, all)
	must(t, err)
	same(t, n, store.Forgotten{Deliveries: 2, Logs: 1, Builds: 2, Events: 2})
	_, err = r.Build(ctx, last)
	wants(t, err, slipway.CodeNotFound)
	_, err = r.Forget(ctx, all)
	must(t, err)
	must(t, r.AddTeam(ctx, "shop"))
	if id := r.connect(t, "shop", "shop/cart"); id == r.connection {
		t.Error("the connection is left")
	}
}

func (r *record) connectsAgain(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	old := r.build(t, "a")
	c, err := r.Connection(ctx, r.connection)
	must(t, err)
	_, err = r.RemoveConnection(ctx, r.connection, true, "mia", noon)
	must(t, err)
	_, err = r.Connect(ctx, c, slipway.Keys{}) // whoever changes what has just gone
	wants(t, err, slipway.CodeNotFound)
	c.ID, c.Created = 0, noon.Add(time.Hour)
	if id := got(t)(r.Connect(ctx, c, slipway.Keys{Hooks: []string{"new"}})); id != r.connection {
		t.Errorf("it has the id %d", id)
	}
	k, err := r.Keys(ctx, r.connection)
	must(t, err)
	same(t, k, slipway.Keys{Hooks: []string{"new"}})
	if c, err = r.Connection(ctx, r.connection); !c.Created.Equal(noon.Add(time.Hour)) || err != nil {
		t.Errorf("%+v, %v", c, err)
	}
	if head := r.head(t); head != "" {
		t.Errorf("it stands at %q", head)
	}
	if ids := r.push(t, "a"); len(ids) != 1 || len(r.finds(t, ids[0], "a", slipway.ExpandPolicy{}, slipway.Found{Name: "cart"}).Builds) != 1 {
		t.Error("a push makes nothing")
	}
	if b := r.state(t, old); b.State != slipway.BuildCancelled {
		t.Errorf("%+v", b)
	}
}

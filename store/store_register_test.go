package store_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func registerTests() []test {
	return []test{
		{"the default branch says how services are", (*record).registers},
		{"strangers make no services", (*record).strangers},
		{"the default branch is learnt once", (*record).learns},
	}
}

func (r *record) registers(t *testing.T) {
	t.Helper()
	p := slipway.ExpandPolicy{Default: "refs/heads/main", Priority: 5}
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
	out := r.finds(t, event, "a", slipway.ExpandPolicy{Trust: slipway.TrustStranger}, slipway.Found{Name: "cart", Path: "elsewhere"}, slipway.Found{Name: "theirs"})
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

func (r *record) learns(t *testing.T) {
	t.Helper()
	must(t, r.AddTeam(t.Context(), "other"))
	id := got(t)(r.Connect(t.Context(), slipway.Connection{Team: "other", Forge: "gitea", URL: "https://forge.test/other/x.git"}, slipway.Keys{}))
	for _, ref := range []string{"refs/heads/trunk", "refs/heads/another"} {
		must(t, r.SetDefault(t.Context(), id, ref))
	}
	if c, err := r.Connection(t.Context(), id); c.Default != "refs/heads/trunk" || err != nil {
		t.Errorf("the default is %q, %v", c.Default, err)
	}
}

package store_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func nameTests() []test {
	return []test{
		{"teams are listed", (*record).teams},
		{"a connection is changed by making it again", (*record).connections},
		{"a connection's keys are its own", (*record).keys},
		{"names of services are checked", (*record).names},
		{"services are listed and changed", (*record).services},
		{"a service that was removed may come back", (*record).removes},
	}
}

func (r *record) teams(t *testing.T) {
	t.Helper()
	wants(t, r.AddTeam(t.Context(), "Not A Label"), slipway.CodeUsage)
	wants(t, r.AddTeam(t.Context(), "stacks"), slipway.CodeUsage) // its repositories would be the stack images'
	for _, name := range []string{"pay", "pay", "shop"} {
		must(t, r.AddTeam(t.Context(), name))
	}
	teams, err := r.Teams(t.Context())
	must(t, err)
	same(t, teams, []string{"pay", "shop"})
}

func (r *record) connections(t *testing.T) {
	t.Helper()
	want := slipway.Connection{
		Team: "shop", Forge: "gitlab", Repository: "shop/stock", URL: "https://forge.example/shop/stock.git", API: "https://api.forge.example",
		Forks: slipway.ForksApprove, Default: "refs/heads/trunk", Required: []string{"stock", "till"}, Reads: []string{"shop/prices", "platform/*"}, Created: noon,
	}
	first := want
	first.Repository, first.Forks, first.Reads = "old/name", "", nil
	want.ID = got(t)(r.Connect(t.Context(), first, slipway.Keys{}))
	if c, err := r.Connection(t.Context(), want.ID); c.Forks != slipway.ForksRefuse || err != nil {
		t.Errorf("forks of a connection that says nothing of them: %q, %v", c.Forks, err)
	}
	if id := got(t)(r.Connect(t.Context(), want, slipway.Keys{})); id != want.ID {
		t.Errorf("the connection has two ids, %d and %d", id, want.ID)
	}
	c, err := r.Connection(t.Context(), want.ID)
	must(t, err)
	same(t, c, want)
	must(t, r.AddTeam(t.Context(), "pay"))
	other := r.connect(t, "pay", "shop/stock")
	for team, n := range map[string]int{"shop": 2, "pay": 1, "nobody": 0, "": 3} {
		if all, err := r.Connections(t.Context(), team); len(all) != n || err != nil || n == 1 && all[0].ID != other {
			t.Errorf("team %q: %+v, %v", team, all, err)
		}
	}
	_, err = r.Connection(t.Context(), 999)
	wants(t, err, slipway.CodeNotFound)
	_, err = r.Connect(t.Context(), slipway.Connection{Team: "nobody", URL: "u"}, slipway.Keys{})
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) keys(t *testing.T) {
	t.Helper()
	want := slipway.Keys{
		Hooks: []string{"new", "old"}, Forge: "token",
		Clone: slipway.Credential{SSHKey: "pem", KnownHosts: "hosts", App: &slipway.App{ID: 1, Installation: 2, Key: "pem"}},
	}
	must(t, r.SetKeys(t.Context(), r.connection, want))
	k, err := r.Keys(t.Context(), r.connection)
	must(t, err)
	same(t, k, want)
	other := r.connect(t, "shop", "shop/other")
	k, err = r.Keys(t.Context(), other)
	must(t, err)
	same(t, k, slipway.Keys{Hooks: []string{"secret"}})
	_, err = r.Keys(t.Context(), 999)
	wants(t, err, slipway.CodeNotFound)
	wants(t, r.SetKeys(t.Context(), 999, want), slipway.CodeNotFound)
}

func (r *record) names(t *testing.T) {
	t.Helper()
	must(t, r.AddTeam(t.Context(), "pay"))
	other := r.connect(t, "shop", "shop/other")
	for _, c := range []struct {
		team, name string
		connection int64
		code       slipway.Code
	}{
		{"shop", "../x", r.connection, slipway.CodeUsage},
		{"shop", "x", 999, slipway.CodeNotFound},
		{"pay", "x", r.connection, slipway.CodeNotFound}, // another team's
		{"shop", "cart", other, slipway.CodeConflict},
	} {
		_, err := r.AddService(t.Context(), slipway.Service{Name: slipway.ServiceName{Team: c.team, Name: c.name}, Connection: c.connection})
		wants(t, err, c.code)
	}
}

func (r *record) services(t *testing.T) {
	t.Helper()
	want := slipway.Service{ID: r.service, Name: cart, Connection: r.connection, Path: "cart", Kind: slipway.KindWorker, Needs: []string{"stock"}, Limit: 3}
	if again := got(t)(r.AddService(t.Context(), want)); again != r.service {
		t.Errorf("the service has two ids, %d and %d", again, r.service)
	}
	v, err := r.Service(t.Context(), cart)
	must(t, err)
	same(t, v, want)
	other := r.connect(t, "shop", "shop/stock")
	stock := slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: "stock"}, Connection: other}
	stock.ID = got(t)(r.AddService(t.Context(), stock))
	for _, list := range []struct {
		get  func() ([]slipway.Service, error)
		want []slipway.Service
	}{
		{func() ([]slipway.Service, error) { return r.Services(t.Context(), "shop") }, []slipway.Service{want, stock}},
		{func() ([]slipway.Service, error) { return r.Services(t.Context(), "") }, []slipway.Service{want, stock}},
		{func() ([]slipway.Service, error) { return r.Services(t.Context(), "nobody") }, nil},
		{func() ([]slipway.Service, error) { return r.ServicesOf(t.Context(), other) }, []slipway.Service{stock}},
	} {
		all, err := list.get()
		must(t, err)
		same(t, all, list.want)
	}
	_, err = r.Service(t.Context(), slipway.ServiceName{Team: "pay", Name: "cart"})
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) removes(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	must(t, r.SetSecret(t.Context(), "shop", "cart", "TOKEN", "x", noon))
	wants(t, r.RemoveService(t.Context(), cart), slipway.CodeConflict)
	r.ends(t, build)
	must(t, r.RemoveService(t.Context(), cart))
	wants(t, r.RemoveService(t.Context(), cart), slipway.CodeNotFound)
	_, err := r.Service(t.Context(), cart)
	wants(t, err, slipway.CodeNotFound)
	_, err = r.Rebuild(t.Context(), build, false, "mia", noon)
	wants(t, err, slipway.CodeConflict)
	if b := r.state(t, build); b.State != slipway.BuildSucceeded {
		t.Errorf("its builds are gone, too: %+v", b)
	}
	if names, err := r.SecretNames(t.Context(), "shop"); len(names) != 0 || err != nil {
		t.Errorf("its secrets are left: %v, %v", names, err)
	}
	again := r.finds(t, r.push(t, "b")[0], "b", slipway.ExpandPolicy{}, slipway.Found{Name: "cart"})
	if v, err := r.Service(t.Context(), cart); err != nil || v.ID != r.service || len(again.Builds) != 1 {
		t.Errorf("a push that has it does not bring it back: %+v, %v", v, err)
	}
}

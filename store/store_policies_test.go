package store_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func policyTests() []test {
	return []test{
		{"a team decides about rules", (*record).decides},
		{"a build counts breaches", (*record).counts},
		{"who made the content of a key is known", (*record).madeBy},
	}
}

func (r *record) decides(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must(t, r.AddTeam(ctx, "pay"))
	if p, err := r.Policy(ctx, "shop"); p != nil || err != nil {
		t.Errorf("%v, %v", p, err)
	}
	must(t, r.SetPolicy(ctx, "shop", slipway.Policy{"size": slipway.BreachWarn, "user": slipway.BreachFail}))
	must(t, r.SetPolicy(ctx, "shop", slipway.Policy{"size": slipway.BreachFail, "user": "", "lean": ""}))
	wants(t, r.SetPolicy(ctx, "shop", slipway.Policy{"size": "explode"}), slipway.CodeUsage)
	wants(t, r.SetPolicy(ctx, "nobody", slipway.Policy{"size": slipway.BreachFail}), slipway.CodeNotFound)
	p, err := r.Policy(ctx, "shop")
	must(t, err)
	same(t, p, slipway.Policy{"size": slipway.BreachFail})
	if p, err := r.Policy(ctx, "pay"); p != nil || err != nil {
		t.Errorf("another team's: %v, %v", p, err)
	}
}

func (r *record) counts(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	must(t, r.Finish(t.Context(), r.claim(t, build), 0, slipway.Outcome{State: slipway.BuildSucceeded, Breaches: 3}, noon))
	if b := r.state(t, build); b.Breaches != 3 {
		t.Errorf("%+v", b)
	}
}

func (r *record) madeBy(t *testing.T) {
	t.Helper()
	by := func(key slipway.BuildKey, want int64) {
		t.Helper()
		if id, err := r.MadeBy(t.Context(), cart, key); id != want || err != nil {
			t.Errorf("%q was made by %d, %v, want %d", key, id, err, want)
		}
	}
	ends := func(object string, o slipway.Outcome) int64 {
		t.Helper()
		build := r.build(t, object)
		must(t, r.Finish(t.Context(), r.claim(t, build), 0, o, noon))
		return build
	}
	k := slipway.Image{Key: "k"}
	by("k", 0)
	ends("a", slipway.Outcome{State: slipway.BuildFailed, Image: k})
	by("k", 0)
	first := ends("b", slipway.Outcome{State: slipway.BuildSucceeded, Image: k})
	ends("c", slipway.Outcome{State: slipway.BuildSucceeded, Image: k, Known: true})
	ends("d", slipway.Outcome{State: slipway.BuildSucceeded})
	by("k", first)
	by("", 0)
	by("k", ends("e", slipway.Outcome{State: slipway.BuildSucceeded, Image: k})) // forced
	if id, err := r.MadeBy(t.Context(), slipway.ServiceName{Team: "shop", Name: "other"}, "k"); id != 0 || err != nil {
		t.Errorf("%d, %v", id, err)
	}
}

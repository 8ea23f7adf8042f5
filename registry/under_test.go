package registry_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
)

func TestRegistry_Under(t *testing.T) {
	t.Parallel()
	f := open(t)
	if got, err := f.Under(t.Context(), "stacks"); err != nil || len(got) != 0 {
		t.Errorf("of nothing: %v, %v", got, err)
	}
	want := map[string]string{}
	for n, service := range []slipway.ServiceName{
		{Team: "shop", Name: "cart"}, {Team: "stacks", Name: "go"}, {Team: "stacks", Name: "node"}, {Team: "stacks-too", Name: "go"}, {Team: "team", Name: "stacks"},
	} {
		_, digest := f.push(t, service, key(n))
		if service.Team == "stacks" {
			want[service.String()+":"+registry.ContentTag(key(n))] = digest
		}
	}
	got, err := f.Under(t.Context(), "stacks")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

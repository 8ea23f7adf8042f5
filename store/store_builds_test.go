package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func buildTests() []test {
	return []test{
		{"builds are listed in pages", (*record).pages},
	}
}

func (r *record) pages(t *testing.T) {
	t.Helper()
	var all []int64
	for i := range 5 {
		all = append(all, r.build(t, fmt.Sprint(i)))
	}
	must(t, r.Cancel(t.Context(), all[1], "", noon))
	slices.Reverse(all)
	ids := func(p slipway.BuildPage) (ids []int64) {
		t.Helper()
		builds, err := r.Builds(t.Context(), p)
		must(t, err)
		for _, b := range builds {
			ids = append(ids, b.ID)
		}
		return ids
	}
	first := ids(slipway.BuildPage{Most: 3})
	rest := ids(slipway.BuildPage{Before: first[2], Most: 3})
	if diff := cmp.Diff(all, slices.Concat(first, rest)); diff != "" {
		t.Error(diff)
	}
	if got := ids(slipway.BuildPage{Team: "shop", Name: "cart", State: slipway.BuildCancelled, Most: 9}); !slices.Equal(got, []int64{all[3]}) {
		t.Errorf("%v", got)
	}
	if got := ids(slipway.BuildPage{Team: "other", Most: 9}); got != nil {
		t.Errorf("another team sees %v", got)
	}
	active, err := r.Active(t.Context())
	if err != nil || len(active) != 4 || active[0].ID != all[4] || active[0].Service.String() != "shop/cart" {
		t.Errorf("%+v, %v", active, err)
	}
}

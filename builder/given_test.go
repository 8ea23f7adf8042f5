package builder

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values map[string]string
		trust  slipway.Trust
		want   slipway.Code
	}{
		"given":             {map[string]string{"TOKEN": "x"}, slipway.TrustMember, ""},
		"missing":           {nil, slipway.TrustMember, slipway.CodeUsage},
		"empty":             {map[string]string{"TOKEN": ""}, slipway.TrustMember, slipway.CodeUsage},
		"given to stranger": {map[string]string{"TOKEN": "x"}, slipway.TrustStranger, slipway.CodeForbidden},
	} {
		if got := slipway.ErrorCode(given([]string{"TOKEN"}, c.values, c.trust)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if err := given(nil, nil, slipway.TrustStranger); err != nil {
		t.Errorf("a stranger's build without secrets: %v", err)
	}
}

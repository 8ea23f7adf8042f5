package builder

import (
	"errors"
	"strings"
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
	missing, _ := errors.AsType[*slipway.Error](given([]string{"TOKEN"}, nil, slipway.TrustMember))
	for _, way := range []string{"--secret TOKEN", "slipway secret set TEAM[/NAME] TOKEN"} {
		if missing == nil || !strings.Contains(missing.Hint, way) {
			t.Errorf("a missing secret's hint does not say %s: %v", way, missing)
		}
	}
	if err := given(nil, nil, slipway.TrustStranger); err != nil {
		t.Errorf("a stranger's build without secrets: %v", err)
	}
}

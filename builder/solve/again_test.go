package solve

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/slipway-ci/slipway"
)

func TestFollower_WaitsForAHostThatDidNotAnswer(t *testing.T) {
	t.Parallel()
	plan := slipway.Plan{Steps: []slipway.Step{{Name: "deps", Network: slipway.NetworkPackages}}}
	offline := slipway.Plan{Steps: []slipway.Step{{Name: "deps"}}}
	for about, c := range map[string]struct {
		requests string
		plan     slipway.Plan
		want     bool
	}{
		"it was away":                 {"- GET https://m.example/x -> 200\n- GET https://m.example/y -> 502\n", plan, true},
		"it had too much to do":       {"- GET https://m.example/y -> 503\n", plan, true},
		"it answered later":           {"- GET https://m.example/y -> 503\n- GET https://m.example/y -> 200\n", plan, false},
		"it has no such thing":        {"- GET https://m.example/y -> 404\n", plan, false},
		"it wants credentials":        {"- GET https://m.example/y -> 401\n", plan, false},
		"the step has no network":     {"- GET https://m.example/y -> 502\n", offline, false},
		"nothing was asked for":       {"", plan, false},
		"another host answered after": {"- GET https://m.example/y -> 504\n- GET https://n.example/y -> 200\n", plan, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			log, f := follow("proxy network requests:\n" + c.requests)
			if got := f.waited(t.Context(), c.plan); got != c.want {
				t.Errorf("%s: %v", about, got)
			}
			if said := strings.Contains(log.kept[len(log.kept)-1].Text, "m.example answers 50"); said != c.want {
				t.Errorf("%s: the log ends with %+v", about, log.kept[len(log.kept)-1])
			}
			ended, end := context.WithCancel(t.Context())
			end()
			if f.waited(ended, c.plan) {
				t.Errorf("%s: waits for nobody", about)
			}
		})
	}
}

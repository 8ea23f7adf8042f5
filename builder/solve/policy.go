package solve

import spb "github.com/moby/buildkit/sourcepolicy/pb"

// sources says which images a build may stand on: any, but of the embedded
// registry the stacks alone. The daemon has credentials for all of it, and a
// Dockerfile may name any image there: without this it could read what other
// teams have built.
func sources() *spb.Policy {
	rule := func(action spb.PolicyAction, pattern string) *spb.Rule {
		return &spb.Rule{Action: action, Selector: &spb.Selector{Identifier: pattern, MatchType: spb.MatchType_WILDCARD}}
	}
	return &spb.Policy{Version: 1, Rules: []*spb.Rule{ // the last one that matches counts
		rule(spb.PolicyAction_DENY, "docker-image://slipway.internal/*"),
		rule(spb.PolicyAction_ALLOW, "docker-image://slipway.internal/stacks/*"),
	}}
}

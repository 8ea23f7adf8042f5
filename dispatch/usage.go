package dispatch

import "github.com/slipway-ci/slipway"

// refOf is what builds of a service follow one another on.
type refOf struct {
	service slipway.ServiceName
	ref     string
	pull    int
}

// usage counts the builds that run or are offered.
type usage struct {
	team    map[string]int
	service map[slipway.ServiceName]int
	pool    map[slipway.Trust]int
	ref     map[refOf]int64 // a build of that ref
}

func newUsage() usage {
	return usage{map[string]int{}, map[slipway.ServiceName]int{}, map[slipway.Trust]int{}, map[refOf]int64{}}
}

func (u usage) add(b *slipway.ActiveBuild) {
	u.team[b.Service.Team]++
	u.service[b.Service]++
	u.pool[b.Trust]++
	u.ref[refOf{b.Service, b.Ref, b.Pull}] = b.ID
}

// limit tells which limit keeps a build waiting; nil when none does.
func (u usage) limit(b *slipway.ActiveBuild, limits Limits) func(before int) string {
	if most, limited := limits.ofTeam(b.Service.Team); limited && u.team[b.Service.Team] >= most {
		return limitReached("of the team "+b.Service.Team, u.team[b.Service.Team], most)
	}
	if most, ok := limits.Pool[b.Trust]; ok && u.pool[b.Trust] >= most {
		return limitReached("of "+whose(b.Trust), u.pool[b.Trust], most)
	}
	if b.Limit > 0 && u.service[b.Service] >= b.Limit {
		return limitReached("of the service "+b.Service.String(), u.service[b.Service], b.Limit)
	}
	if other, ok := u.ref[refOf{b.Service, b.Ref, b.Pull}]; ok && b.Limit == 0 {
		return sameRef(other, b.Service)
	}
	return nil
}

package dispatch

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/slipway-ci/slipway"
)

// Urgent is the priority from which on a build is an operator's own and goes
// before those of all teams.
const Urgent = 100

// line is a team's builds that wait, the next one first.
type line struct {
	team   string
	weight int
	served float64
	builds []*slipway.ActiveBuild
}

// queue gives builds in fair order. Urgent ones form a queue before the
// others.
type queue struct{ urgent, others []*line }

func newQueue(waiting []*slipway.ActiveBuild, limits Limits, served map[string]float64) *queue {
	var urgent, others []*slipway.ActiveBuild
	for _, b := range waiting {
		if b.Priority >= Urgent {
			urgent = append(urgent, b)
		} else {
			others = append(others, b)
		}
	}
	return &queue{urgent: lines(urgent, limits, served), others: lines(others, limits, served)}
}

func lines(waiting []*slipway.ActiveBuild, limits Limits, served map[string]float64) []*line {
	byTeam := map[string]*line{}
	var all []*line
	for _, b := range waiting {
		l, ok := byTeam[b.Service.Team]
		if !ok {
			l = &line{team: b.Service.Team, weight: limits.weight(b.Service.Team), served: served[b.Service.Team]}
			byTeam[b.Service.Team], all = l, append(all, l)
		}
		l.builds = append(l.builds, b)
	}
	for _, l := range all {
		slices.SortFunc(l.builds, func(a, b *slipway.ActiveBuild) int { return cmp.Or(cmp.Compare(b.Priority, a.Priority), older(a, b)) })
	}
	slices.SortFunc(all, func(a, b *line) int { return cmp.Compare(a.team, b.team) })
	return all
}

func older(a, b *slipway.ActiveBuild) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

func (l Limits) weight(team string) int { return max(1, l.Weight[team]) }

// next takes the build whose turn it is, where turn says how many builds of
// each team hold a slot.
func (q *queue) next(turn map[string]int) (*slipway.ActiveBuild, bool) {
	if b, ok := take(&q.urgent, turn); ok {
		return b, true
	}
	return take(&q.others, turn)
}

func take(lines *[]*line, turn map[string]int) (*slipway.ActiveBuild, bool) {
	if len(*lines) == 0 {
		return nil, false
	}
	i := 0
	for k := range *lines {
		if before((*lines)[k], (*lines)[i], turn) {
			i = k
		}
	}
	l := (*lines)[i]
	b := l.builds[0]
	if l.builds = l.builds[1:]; len(l.builds) == 0 {
		*lines = slices.Delete(*lines, i, i+1)
	}
	return b, true
}

// before tells whose turn it is: the team's that holds fewest slots for its
// weight; of equals the one's that was served least until now, which is what
// shares a single slot; then the oldest build's.
func before(a, b *line, turn map[string]int) bool {
	return cmp.Or(
		cmp.Compare(turn[a.team]*b.weight, turn[b.team]*a.weight),
		cmp.Compare(a.served, b.served),
		older(a.builds[0], b.builds[0]),
	) < 0
}

// Shares remember how much each team was served: one for each build that it
// was given, divided by its weight. A team that comes back after a while is
// as one that was served least of those there are: waiting saves nothing up.
type Shares struct{ served map[string]float64 }

// NewShares are those of a control plane that has just begun.
func NewShares() *Shares { return &Shares{served: map[string]float64{}} }

// Served gives a Scene what it needs, for the builds that there are.
func (s *Shares) Served(builds []slipway.ActiveBuild) map[string]float64 {
	there := map[string]float64{}
	known := map[string]bool{}
	least := math.Inf(1)
	for _, b := range builds {
		served, ok := s.served[b.Service.Team]
		there[b.Service.Team], known[b.Service.Team] = served, ok
		if ok {
			least = min(least, served)
		}
	}
	if math.IsInf(least, 1) {
		least = 0
	}
	for team := range there {
		if !known[team] {
			there[team] = least
		}
	}
	s.served = there
	return maps.Clone(there) // it is read while others are served
}

// Serve counts a build that was given to a worker.
func (s *Shares) Serve(name slipway.ServiceName, limits Limits) {
	s.served[name.Team] += 1 / float64(limits.weight(name.Team))
}

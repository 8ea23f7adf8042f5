package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// undecided is how a person says that a rule is to be as usual.
const undecided slipway.Breach = "default"

func (s *server) showPolicy(r *request) (any, error) {
	p, err := s.Record.Policy(r.ctx(), r.team)
	if p == nil {
		p = slipway.Policy{}
	}
	return rest.Policy{Rules: p}, err
}

func (s *server) changePolicy(r *request) (any, error) {
	var asked rest.Policy
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	change, said := slipway.Policy{}, []string{r.team}
	for _, rule := range slices.Sorted(maps.Keys(asked.Rules)) {
		breach := asked.Rules[rule]
		if err := s.checkRule(rule, breach); err != nil {
			return nil, err
		}
		said = append(said, rule+"="+string(breach))
		if breach == undecided {
			breach = ""
		}
		change[rule] = breach
	}
	if len(change) == 0 {
		return nil, slipway.Errorf(slipway.CodeUsage, "no rule is named").WithHint("there are: %s", strings.Join(s.Rules, ", "))
	}
	r.target = strings.Join(said, " ")
	if err := s.Record.SetPolicy(r.ctx(), r.team, change); err != nil {
		return nil, err
	}
	return s.showPolicy(r)
}

func (s *server) checkRule(rule string, breach slipway.Breach) error {
	switch {
	case !slices.Contains(s.Rules, rule):
		return slipway.Errorf(slipway.CodeUsage, "there is no rule %.40q that a build is held against", rule).WithHint("there are: %s", strings.Join(s.Rules, ", "))
	case !slices.Contains([]slipway.Breach{slipway.BreachWarn, slipway.BreachFail, undecided}, breach):
		return slipway.Errorf(slipway.CodeUsage, "%.40q is not what can become of a build that breaks the rule %s", breach, rule).WithHint("write warn, fail or default")
	}
	return nil
}

package adapters

import (
	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Plan finds out how the service is built. Errors are *slipway.Error.
func Plan(req Request) (slipway.Plan, error) {
	s := repo.Service{Tree: req.Tree, Dir: req.Path, Name: req.Service, Main: req.Main}
	if s.Dir == "" {
		s.Dir = "."
	}
	for _, a := range All() {
		if len(a.Detect(s)) == 0 {
			continue
		}
		plan, err := a.Plan(s)
		if err != nil {
			return slipway.Plan{}, err
		}
		return plan, plan.Validate()
	}
	return slipway.Plan{}, slipway.Errorf(slipway.CodeNotFound, "nothing to build was found in %s", s.Dir)
}

package main

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// stacks gives plans their stacks from the catalogue and this machine's lock.
type stacks struct {
	catalogue *buildpacks.Catalogue
	lock      *buildpacks.Lock
	profile   string
	loose     bool // a stack that has no digest here is given without one
}

func newStacks(lock *buildpacks.Lock, profile string, loose bool) (*stacks, error) {
	catalogue, err := buildpacks.Default()
	if err != nil {
		return nil, err
	}
	if profile == "" {
		profile = usualProfile(lock)
	}
	if profile != buildpacks.ProfileOfficial && profile != buildpacks.ProfileAssembled {
		return nil, slipway.Errorf(slipway.CodeUsage, "the stack profile %q is not known", profile).
			WithHint("write %s or %s", buildpacks.ProfileOfficial, buildpacks.ProfileAssembled)
	}
	return &stacks{catalogue: catalogue.With(lock), lock: lock, profile: profile, loose: loose}, nil
}

// usualProfile is assembled as soon as stack images were made here: whoever
// made them wants them used.
func usualProfile(lock *buildpacks.Lock) string {
	made := slices.ContainsFunc(lock.Names(), func(name string) bool { return strings.HasPrefix(name, internalRegistry+"/") })
	if made {
		return buildpacks.ProfileAssembled
	}
	return buildpacks.ProfileOfficial
}

// Resolve implements builder.Stacks.
func (s *stacks) Resolve(plan slipway.Plan) (slipway.Stack, slipway.Version, error) {
	stack, version, err := s.catalogue.Select(s.profile, plan.Language, plan.Version, plan.Base)
	if err != nil {
		return slipway.Stack{}, slipway.Version{}, err
	}
	resolved, err := s.lock.Resolve(stack)
	if err != nil && !s.loose {
		return slipway.Stack{}, slipway.Version{}, err
	}
	return resolved, version, nil
}

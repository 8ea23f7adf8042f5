package main

import (
	"context"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
	"github.com/slipway-ci/slipway/registry"
)

// stacks gives plans their stacks from the catalogue and this machine's lock.
type stacks struct {
	catalogue *buildpacks.Catalogue
	lock      *buildpacks.Lock
	profile   string
	loose     bool // a stack that has no digest here is given without one
}

func (a *app) newStacks(lock *buildpacks.Lock, profile string, loose bool) (*stacks, error) {
	catalogue, err := a.catalogue()
	if err != nil {
		return nil, err
	}
	if profile == "" {
		profile = usualProfile(catalogue.With(lock), lock)
	}
	if profile != buildpacks.ProfileOfficial && profile != buildpacks.ProfileAssembled {
		return nil, slipway.Errorf(slipway.CodeUsage, "the stack profile %q is not known", profile).
			WithHint("write %s or %s", buildpacks.ProfileOfficial, buildpacks.ProfileAssembled)
	}
	return &stacks{catalogue: catalogue.With(lock), lock: lock, profile: profile, loose: loose}, nil
}

// catalogue is the one compiled in, or the file that SLIPWAY_CATALOGUE names.
func (a *app) catalogue() (*buildpacks.Catalogue, error) {
	if path := a.getenv("SLIPWAY_CATALOGUE"); path != "" {
		return buildpacks.Read(path)
	}
	return buildpacks.Default()
}

// usualProfile is assembled as soon as a language's stack was made here,
// whole: whoever made it wants it used. Single images may be here for the
// other profile, which has the web server from them.
func usualProfile(catalogue *buildpacks.Catalogue, lock *buildpacks.Lock) string {
	lacks := map[string]bool{}
	for _, s := range catalogue.List(buildpacks.ProfileAssembled, "") {
		_, err := lock.Resolve(s)
		lacks[s.Name] = lacks[s.Name] || err != nil
	}
	for name, lacking := range lacks {
		if !lacking && name != string(slipway.LanguageStatic) {
			return buildpacks.ProfileAssembled
		}
	}
	return buildpacks.ProfileOfficial
}

// Lacks implements builder.Stacks. Other faults than the version's are left to
// Resolve.
func (s *stacks) Lacks(plan slipway.Plan) bool {
	return s.catalogue.Lacks(s.profile, plan.Language, plan.Version, plan.Base)
}

// Resolve implements builder.Stacks.
func (s *stacks) Resolve(ctx context.Context, plan slipway.Plan) (slipway.Stack, slipway.Version, error) {
	stack, version, err := s.catalogue.Select(s.profile, plan.Language, plan.Version, plan.Base)
	if err != nil {
		return slipway.Stack{}, slipway.Version{}, err
	}
	resolved, err := s.lock.Resolve(stack)
	if err == nil || s.loose {
		return resolved, version, nil
	}
	if s.profile != buildpacks.ProfileOfficial {
		return slipway.Stack{}, slipway.Version{}, err
	}
	resolved, err = s.lookUp(ctx, stack)
	return resolved, version, err
}

// lookUp asks the public registries for the digests of a stack's images,
// once: from then on the lock has them, and nothing changes by itself.
func (s *stacks) lookUp(ctx context.Context, stack slipway.Stack) (slipway.Stack, error) {
	for _, image := range []*slipway.StackImage{&stack.Build, &stack.Run} {
		if known, ok := s.lock.Image(image.Name); ok {
			image.Digest = known.Digest
			continue
		}
		if buildpacks.Own(image.Name) {
			_, err := s.lock.Resolve(slipway.Stack{Profile: s.profile, Build: *image, Run: *image})
			return stack, err
		}
		digest, err := digestOf(ctx, image.Name)
		if err != nil {
			return stack, slipway.Errorf(slipway.CodeUnavailable, "the stack image %s cannot be looked up", image.Name).
				WithClass(slipway.ClassRegistry).
				WithHint("where the public registry cannot be reached, make your own: `slipway stack build`").Because(err)
		}
		image.Digest = digest
		if err := s.lock.Record(image.Name, buildpacks.Locked{Digest: digest}); err != nil {
			return stack, err
		}
	}
	return stack, nil
}

func digestOf(ctx context.Context, name string) (string, error) {
	image, err := registry.Fetch(ctx, outside(name))
	if err != nil {
		return "", err
	}
	digest, err := image.Digest()
	return digest.String(), err
}

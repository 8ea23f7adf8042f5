package assemble

import (
	"context"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// Target names an image to make: a recipe, and the version of its language.
type Target struct {
	Recipe  string
	Version string // MAJOR.MINOR.PATCH; "" where the recipe has none
}

// ParseTarget reads RECIPE or RECIPE@VERSION, as `slipway stack build` takes it.
func ParseTarget(s string) (Target, error) {
	name, version, at := strings.Cut(s, "@")
	version = strings.TrimPrefix(version, "go")
	if name == "" || (at && !exact(version)) {
		return Target{}, slipway.Errorf(slipway.CodeUsage, "%q does not name a stack image", s).
			WithHint("write a recipe and an exact version, for example go@1.26.8")
	}
	return Target{Recipe: name, Version: version}, nil
}

// exact tells whether s is MAJOR.MINOR.PATCH.
func exact(s string) bool {
	parts := strings.Split(s, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(p string) bool {
		return p == "" || len(p) > 6 || strings.Trim(p, "0123456789") != ""
	})
}

// DefaultTargets are the images of a catalogue's assembled stacks.
func DefaultTargets(c *buildpacks.Catalogue) ([]Target, error) {
	recipes, err := buildpacks.AllRecipes()
	if err != nil {
		return nil, err
	}
	var targets []Target
	for _, s := range c.List(buildpacks.ProfileAssembled, "") {
		for _, r := range recipes.List {
			if name := r.ImageName(s.Version); name == s.Build.Name || name == s.Run.Name {
				t := Target{Recipe: r.Name}
				if r.Versioned() {
					t.Version = s.Version
				}
				if !slices.Contains(targets, t) {
					targets = append(targets, t)
				}
			}
		}
	}
	return targets, nil
}

// jobs gives the images of the targets and those they start from, in the
// order of the recipes, each once, and looks which are here.
func (a *Assembler) jobs(ctx context.Context, recipes buildpacks.Recipes, targets []Target) ([]job, error) {
	wanted := map[Target]bool{}
	for _, t := range targets {
		if err := want(recipes, t, wanted); err != nil {
			return nil, err
		}
	}
	var jobs []job
	remade := map[string]bool{}
	for _, r := range recipes.List {
		for _, version := range versions(wanted, r.Name) {
			j, err := a.job(ctx, recipes, r, version)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(r.From, func(name string) bool { return remade[name] }) {
				j.found = nil
			}
			remade[r.Name] = remade[r.Name] || j.found == nil
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

// versions gives those in which a recipe is wanted, sorted.
func versions(wanted map[Target]bool, recipe string) []string {
	var found []string
	for t := range wanted {
		if t.Recipe == recipe {
			found = append(found, t.Version)
		}
	}
	slices.Sort(found)
	return found
}

func want(recipes buildpacks.Recipes, t Target, wanted map[Target]bool) error {
	r, err := recipes.Named(t.Recipe)
	if err != nil {
		return err
	}
	if r.Versioned() != (t.Version != "") {
		return slipway.Errorf(slipway.CodeUsage, "the recipe %s is made with%s a version", r.Name, map[bool]string{true: "", false: "out"}[r.Versioned()]).
			WithHint("write for example go@1.26.8, or static")
	}
	wanted[t] = true
	for _, name := range r.From {
		if err := want(recipes, Target{Recipe: name}, wanted); err != nil {
			return err
		}
	}
	return nil
}

func (a *Assembler) job(ctx context.Context, recipes buildpacks.Recipes, r buildpacks.Recipe, version string) (job, error) {
	j := job{recipe: r, version: version, image: r.ImageName(version)}
	var err error
	if j.fingerprint, err = recipes.Fingerprint(r, version); err != nil {
		return j, err
	}
	known, ok := a.Lock.Image(j.image)
	if !ok || a.Refresh || known.Recipe != j.fingerprint {
		return j, nil
	}
	if a.Has != nil {
		there, err := a.Has(ctx, slipway.StackImage{Name: j.image, Digest: known.Digest})
		if err != nil || !there {
			return j, err
		}
	}
	j.found = &known
	return j, nil
}

package assemble

import (
	"context"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// Targets gives the images that a person names: a language of the catalogue
// ("python": its default), one of its versions ("node@24", "go@1.25.3"), or a
// recipe without a version ("web", "cc@trixie"). No names are the default
// stacks of all languages.
func Targets(c *buildpacks.Catalogue, names ...string) ([]buildpacks.Target, error) {
	recipes, err := buildpacks.AllRecipes()
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return makers(recipes, c.Usual(buildpacks.ProfileAssembled)), nil
	}
	var targets []buildpacks.Target
	for _, name := range names {
		more, err := named(c, recipes, name)
		if err != nil {
			return nil, err
		}
		targets = append(targets, more...)
	}
	return targets, nil
}

// AllTargets are the images of every assembled stack that the catalogue lists.
func AllTargets(c *buildpacks.Catalogue) ([]buildpacks.Target, error) {
	recipes, err := buildpacks.AllRecipes()
	if err != nil {
		return nil, err
	}
	return makers(recipes, c.List(buildpacks.ProfileAssembled, "")), nil
}

func named(c *buildpacks.Catalogue, recipes buildpacks.Recipes, text string) ([]buildpacks.Target, error) {
	name, version, at := strings.Cut(text, "@")
	recipe, err := recipes.Named(name)
	if err == nil && at && !recipe.Versioned() && slices.Contains(recipe.Suites, version) {
		return []buildpacks.Target{{Recipe: name, Suite: version}}, nil
	}
	lang := slipway.Language(name)
	if slices.Contains(c.Languages(buildpacks.ProfileAssembled), lang) {
		if at && strings.Trim(strings.TrimPrefix(version, "go"), "0123456789.") != "" || at && version == "" {
			return nil, unnamed(text)
		}
		stacks, err := c.Bases(buildpacks.ProfileAssembled, lang, slipway.Version{Want: version, From: text})
		return makers(recipes, stacks), err
	}
	switch {
	case name == "" || err == nil && (at || recipe.Versioned()):
		return nil, unnamed(text)
	case err != nil:
		return nil, err
	}
	return []buildpacks.Target{{Recipe: name, Suite: recipe.Suites[0]}}, nil
}

func unnamed(text string) error {
	return slipway.Errorf(slipway.CodeUsage, "%q does not name a stack image", text).
		WithHint("write a language, one of its versions, or a recipe, for example node, go@1.26.8, web or cc@trixie")
}

// makers gives what makes the images of stacks, each once.
func makers(recipes buildpacks.Recipes, stacks []slipway.Stack) []buildpacks.Target {
	var targets []buildpacks.Target
	for _, s := range stacks {
		for _, image := range []string{s.Build.Name, s.Run.Name} {
			if t, ok := recipes.Making(image, s.Version); ok && !slices.Contains(targets, t) {
				targets = append(targets, t)
			}
		}
	}
	return targets
}

// jobs gives the images of the targets and those they start from, in the
// order of the recipes, each once, and looks which are here.
func (a *Assembler) jobs(ctx context.Context, recipes buildpacks.Recipes, targets []buildpacks.Target) ([]job, error) {
	wanted := map[buildpacks.Target][]buildpacks.Target{} // with their parents
	for _, t := range targets {
		if err := want(recipes, t, wanted); err != nil {
			return nil, err
		}
	}
	var jobs []job
	seen := map[buildpacks.Target]job{}
	for _, r := range recipes.List {
		for _, t := range of(wanted, r.Name) {
			j, err := a.job(ctx, recipes, r, t)
			if err != nil {
				return nil, err
			}
			for _, p := range wanted[t] {
				j.parents = append(j.parents, seen[p])
				if seen[p].found == nil {
					j.found = nil
				}
			}
			seen[t] = j
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

// of gives the targets of one recipe, sorted.
func of(wanted map[buildpacks.Target][]buildpacks.Target, recipe string) []buildpacks.Target {
	var found []buildpacks.Target
	for t := range wanted {
		if t.Recipe == recipe {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b buildpacks.Target) int { return strings.Compare(a.Suite+a.Version, b.Suite+b.Version) })
	return found
}

func want(recipes buildpacks.Recipes, t buildpacks.Target, wanted map[buildpacks.Target][]buildpacks.Target) error {
	r, err := recipes.Named(t.Recipe)
	if err != nil {
		return err
	}
	if r.Versioned() != (t.Version != "") || !slices.Contains(r.Suites, t.Suite) {
		return unnamed(strings.TrimSuffix(t.Recipe+"@"+t.Version+t.Suite, "@"))
	}
	parents, err := recipes.Parents(t)
	if err != nil {
		return err
	}
	wanted[t] = parents
	for _, p := range parents {
		if err := want(recipes, p, wanted); err != nil {
			return err
		}
	}
	return nil
}

func (a *Assembler) job(ctx context.Context, recipes buildpacks.Recipes, r buildpacks.Recipe, t buildpacks.Target) (job, error) {
	j := job{target: t, recipe: r, image: r.ImageName(t.Version, t.Suite), packages: r.PackagesOf(t.Version, t.Suite)}
	var err error
	if j.fingerprint, err = recipes.Fingerprint(t); err != nil {
		return j, err
	}
	if j.downloads, err = recipes.DownloadsOf(t); err != nil {
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

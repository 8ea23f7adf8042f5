package assemble

import (
	"context"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// job is one image that Make will see to.
type job struct {
	target      buildpacks.Target
	recipe      buildpacks.Recipe
	parents     []job // in the order of recipe.From
	packages    []string
	downloads   []buildpacks.Download
	image       string
	fingerprint string
	found       *buildpacks.Locked // nil when it has to be made
}

// name is what the log calls the image.
func (j job) name() string {
	_, name, _ := strings.Cut(j.image, "/stacks/")
	return name
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

package assemble

import (
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

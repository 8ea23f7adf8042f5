package buildpacks

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
)

//go:embed recipes
var recipeFiles embed.FS

// Recipes are the recipes that are compiled in.
type Recipes struct {
	List  []Recipe // an image comes after those it starts from
	Files fs.FS    // their Dockerfiles and scripts
}

// AllRecipes reads the recipes that are compiled in. An error is a defect of
// this release.
func AllRecipes() (Recipes, error) {
	files, err := fs.Sub(recipeFiles, "recipes")
	if err != nil {
		return Recipes{}, err
	}
	data, err := fs.ReadFile(files, "recipes.yaml")
	if err != nil {
		return Recipes{}, err
	}
	var list struct {
		Recipes []Recipe `yaml:"recipes"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		return Recipes{}, fmt.Errorf("recipes.yaml: %w", err)
	}
	return Recipes{List: list.Recipes, Files: files}, nil
}

// Named gives a recipe. CodeNotFound lists those there are.
func (r Recipes) Named(name string) (Recipe, error) {
	i := slices.IndexFunc(r.List, func(x Recipe) bool { return x.Name == name })
	if i >= 0 {
		return r.List[i], nil
	}
	there := make([]string, 0, len(r.List))
	for _, x := range r.List {
		there = append(there, x.Name)
	}
	return Recipe{}, slipway.Errorf(slipway.CodeNotFound, "there is no recipe for a stack image %q", name).
		WithHint("there are %s", strings.Join(there, ", "))
}

// Target is one image that a recipe makes.
type Target struct {
	Recipe  string
	Version string // of the language; "" where the recipe has none
	Suite   string // of Debian
}

// Making gives what makes the image of a name, false when no recipe does.
// version is the one that a name with a version is expected to have.
func (r Recipes) Making(image, version string) (Target, bool) {
	for _, recipe := range r.List {
		for _, suite := range recipe.Suites {
			if recipe.ImageName(version, suite) != image {
				continue
			}
			if !recipe.Versioned() {
				version = ""
			}
			return Target{Recipe: recipe.Name, Version: version, Suite: suite}, true
		}
	}
	return Target{}, false
}

// Parents gives the images that the one of a target starts from: of the same
// suite, and, where they have a version, of the same or the one that the
// recipe asks for.
func (r Recipes) Parents(t Target) ([]Target, error) {
	recipe, err := r.Named(t.Recipe)
	if err != nil {
		return nil, err
	}
	parents := make([]Target, 0, len(recipe.From))
	for _, from := range recipe.From {
		name, version, _ := strings.Cut(from, "@")
		parent, err := r.Named(name)
		if err != nil {
			return nil, err
		}
		if parent.Versioned() && version == "" {
			version = t.Version
		}
		parents = append(parents, Target{Recipe: name, Version: version, Suite: t.Suite})
	}
	return parents, nil
}

// Fingerprint identifies everything under version control that an image is
// made from: its recipe, the scripts, version and suite, and the same of the
// images it starts from. What the archives serve today is not part of it.
func (r Recipes) Fingerprint(t Target) (string, error) {
	recipe, err := r.Named(t.Recipe)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q\n", t, recipe)
	err = fs.WalkDir(r.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		folder, _, inFolder := strings.Cut(path, "/")
		if d.IsDir() || (inFolder && folder != recipe.Name) || path == "recipes.yaml" {
			return nil
		}
		data, err := fs.ReadFile(r.Files, path)
		fmt.Fprintf(h, "%d:%s %d:%s\n", len(path), path, len(data), data)
		return err
	})
	if err != nil {
		return "", err
	}
	parents, err := r.Parents(t)
	if err != nil {
		return "", err
	}
	for _, p := range parents {
		parent, err := r.Fingerprint(p)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, parent)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

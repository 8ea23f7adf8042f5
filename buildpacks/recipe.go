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

// The inputs that a recipe's main build context can have.
const (
	InputBase      = "base"      // base.tar: a bootstrapped Debian
	InputToolchain = "toolchain" // toolchain.tar: a language's own distribution
)

// Recipe says how Slipway makes one stack image.
type Recipe struct {
	Name     string   `yaml:"name"` // also the folder of its Dockerfile
	Image    string   `yaml:"image"`
	From     []string `yaml:"from"`     // recipes whose images it starts from
	Packages []string `yaml:"packages"` // Debian packages it installs or takes files of
	Input    string   `yaml:"input"`    // InputBase, InputToolchain or ""
}

// Recipes are the recipes that are compiled in.
type Recipes struct {
	Suite string   // Debian's, of all images
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
		Suite   string   `yaml:"suite"`
		Recipes []Recipe `yaml:"recipes"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		return Recipes{}, fmt.Errorf("recipes.yaml: %w", err)
	}
	return Recipes{Suite: list.Suite, List: list.Recipes, Files: files}, nil
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

// Versioned tells whether the recipe makes an image for each version of a
// language.
func (r Recipe) Versioned() bool { return strings.Contains(r.Image, placeholder) }

// ImageName gives the image's name; version is ignored unless Versioned.
func (r Recipe) ImageName(version string) string {
	return strings.Replace(r.Image, placeholder, version, 1)
}

// Fingerprint identifies everything under version control that an image is
// made from: its recipe, the scripts, the version, and the same of the images
// it starts from. What the archives serve today is not part of it.
func (r Recipes) Fingerprint(recipe Recipe, version string) (string, error) {
	h := sha256.New()
	if !recipe.Versioned() {
		version = ""
	}
	fmt.Fprintf(h, "%s %q %q\n", r.Suite, recipe, version)
	err := fs.WalkDir(r.Files, ".", func(path string, d fs.DirEntry, err error) error {
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
	for _, name := range recipe.From {
		from, err := r.Named(name)
		if err != nil {
			return "", err
		}
		parent, err := r.Fingerprint(from, "")
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, parent)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

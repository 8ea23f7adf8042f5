package buildpacks

import (
	"strings"
)

// The inputs that a recipe's main build context can have.
const (
	InputBase      = "base"      // base.tar: a bootstrapped Debian
	InputToolchain = "toolchain" // toolchain.tar: a language's own distribution
)

// suitePlaceholder stands for the name of a Debian release in an image name.
const suitePlaceholder = "{suite}"

// Recipe says how Slipway makes one stack image.
type Recipe struct {
	Name      string              `yaml:"name"` // also the folder of its Dockerfile
	Image     string              `yaml:"image"`
	Suites    []string            `yaml:"suites"`    // of Debian, that it can be made of; the usual one first
	From      []string            `yaml:"from"`      // recipes whose images it starts from, some with @VERSION
	Packages  []string            `yaml:"packages"`  // Debian packages it installs or takes files of
	Also      map[string][]string `yaml:"also"`      // more of them, by suite or version
	Input     string              `yaml:"input"`     // InputBase, InputToolchain or ""
	Downloads []Download          `yaml:"downloads"` // files of package registries
	Wheels    string              `yaml:"wheels"`    // a file of its folder that lists Python wheels
}

// Versioned tells whether there is an image for each version of a language.
func (r Recipe) Versioned() bool { return strings.Contains(r.Image, placeholder) }

// ImageName gives the image's name for a version ("" where it has none) and
// a suite.
func (r Recipe) ImageName(version, suite string) string { return fill(r.Image, version, suite) }

// PackagesOf gives the Debian packages of the image of a version and suite.
func (r Recipe) PackagesOf(version, suite string) []string {
	var packages []string
	for _, list := range [][]string{r.Packages, r.Also[suite], r.Also[version]} {
		for _, p := range list {
			packages = append(packages, fill(p, version, suite))
		}
	}
	return packages
}

func fill(text, version, suite string) string {
	return strings.NewReplacer(placeholder, version, suitePlaceholder, suite).Replace(text)
}

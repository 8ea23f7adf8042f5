// Package manifest reads slipway.yaml, the file in which a repository says
// what Slipway cannot or shall not find out by looking.
package manifest

import (
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
)

// Name of the file, at the root of the repository or in a directory that is
// built by itself.
const Name = "slipway.yaml"

// File is a slipway.yaml.
type File struct {
	Services []Service `yaml:"services"`

	dir string // where it is in the repository; "" is the root
}

// Path gives the file's place in the repository.
func (f File) Path() string { return path.Join(f.dir, Name) }

// Declares tells whether the file says something about a service at dir, or
// of the bare name ("" is none).
func (f File) Declares(name, dir string) bool {
	return slices.ContainsFunc(f.Services, func(s Service) bool {
		return s.Path == dir || (name != "" && s.Name == name)
	})
}

// Service is what a repository declares about one of its services. A zero
// field is not declared, and the adapter decides.
type Service struct {
	Name     string            `yaml:"name"`     // bare name, without the team
	Path     string            `yaml:"path"`     // directory in the repository; the file's own by default
	Language slipway.Language  `yaml:"language"` // when several would fit
	Version  string            `yaml:"version"`  // of the language
	Kind     slipway.Kind      `yaml:"kind"`
	Expose   Expose            `yaml:"expose"`
	Port     int               `yaml:"port"`
	Health   string            `yaml:"health"` // web: URL path; worker: command that ends with 0 when it is well
	Commands Commands          `yaml:"commands"`
	Env      map[string]string `yaml:"env"`      // of the image
	BuildEnv map[string]string `yaml:"buildEnv"` // of the steps; in no layer unless a step writes it there
	Secrets  []string          `yaml:"secrets"`  // names of variables that steps see and that are in no layer and no key
	Packages Packages          `yaml:"packages"` // of Debian
	Tests    *Tests            `yaml:"tests"`
	Frontend Frontends         `yaml:"frontend"`
	Writable []string          `yaml:"writable"`
	Inputs   []string          `yaml:"inputs"`   // directories and files of the repository that can change the image
	Needs    []string          `yaml:"needs"`    // bare names of services that this one calls
	Main     string            `yaml:"main"`     // the program: Go, a package "./cmd/api"; Java, a class; Python, "package.module:app"; Rust, a binary's name; Node, a file. Relative to Path
	Root     string            `yaml:"root"`     // static: the directory that is served, relative to Path
	Tags     []string          `yaml:"tags"`     // Go: build tags
	Cgo      *bool             `yaml:"cgo"`      // Go: with or without cgo
	Stamp    *Stamp            `yaml:"stamp"`    // Go: variables that get the commit
	Profiles []string          `yaml:"profiles"` // Java: Maven profiles
	Features []string          `yaml:"features"` // Rust: Cargo features
	Target   string            `yaml:"target"`   // Dockerfile: the stage

	lines map[string]int // of the whole file, shared
	at    string         // the service's place in it
	dir   string         // the file's directory in the repository
}

// Packages are names of Debian packages.
type Packages struct {
	Build []string `yaml:"build"` // for the steps
	Run   []string `yaml:"run"`   // in the image
}

// Tests are run in the build; when they fail there is no image.
type Tests struct {
	Command Command  `yaml:"command"`
	Reports []string `yaml:"reports"` // JUnit XML files that they write, patterns relative to Path
}

// File gives the path of the declaring file in the repository.
func (s Service) File() string { return path.Join(s.dir, Name) }

// Line gives the line in which a key of the service stands, and that of the
// service itself for ""; 0 when it is not declared.
func (s Service) Line(key string) int {
	if key == "" {
		return s.lines[s.at]
	}
	return s.lines[join(s.at, key)]
}

// Expose says who may reach a web service.
type Expose string

// Who may reach it.
const (
	ExposeExternal Expose = "external"
	ExposeInternal Expose = "internal"
)

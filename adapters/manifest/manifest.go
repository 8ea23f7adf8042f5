// Package manifest reads slipway.yaml, the file in which a repository says
// what Slipway cannot or shall not find out by looking.
package manifest

import "github.com/slipway-ci/slipway"

// Name of the file, at the root of the repository.
const Name = "slipway.yaml"

// File is a slipway.yaml.
type File struct {
	Services []Service `yaml:"services"`
}

// Service is what a repository declares about one of its services. A zero
// field is not declared, and the adapter decides.
type Service struct {
	Name     string            `yaml:"name"`     // bare name, without the team
	Path     string            `yaml:"path"`     // directory in the repository, "." by default
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

// Line gives the line in which a key of the service stands; 0 when it is
// not declared.
func (s Service) Line(key string) int { return s.lines[join(s.at, key)] }

// Expose says who may reach a web service.
type Expose string

// Who may reach it.
const (
	ExposeExternal Expose = "external"
	ExposeInternal Expose = "internal"
)

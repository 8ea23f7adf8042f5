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
	Health   string            `yaml:"health"` // URL path
	Env      map[string]string `yaml:"env"`    // of the image
	Writable []string          `yaml:"writable"`
	Inputs   []string          `yaml:"inputs"` // directories and files of the repository that can change the image
	Main     string            `yaml:"main"`   // Go: the main package, "./cmd/api", relative to Path
	Tags     []string          `yaml:"tags"`   // Go: build tags
	Cgo      *bool             `yaml:"cgo"`    // Go: with or without cgo
	Stamp    *Stamp            `yaml:"stamp"`  // Go: variables that get the commit

	lines map[string]int // of the whole file, shared
	at    string         // the service's place in it
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

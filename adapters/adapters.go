// Package adapters turns a tree of files into a Plan: one folder per
// language, pure functions of the tree. Nothing here reads a disk, a clock,
// an environment or a network.
package adapters

import (
	"io/fs"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/dockerfile"
	"github.com/slipway-ci/slipway/adapters/golang"
	"github.com/slipway-ci/slipway/adapters/java"
	"github.com/slipway-ci/slipway/adapters/node"
	"github.com/slipway-ci/slipway/adapters/python"
	"github.com/slipway-ci/slipway/adapters/repo"
	"github.com/slipway-ci/slipway/adapters/rust"
	"github.com/slipway-ci/slipway/adapters/static"
)

// Adapter knows one language. It is stateless and safe for concurrent use.
type Adapter interface {
	// Language that the adapter plans.
	Language() slipway.Language
	// Looks names the files that Detect looks for, for the message that
	// nothing was found.
	Looks() []string
	// Detect gives what shows that the service is of the language; nothing
	// means that it is not.
	Detect(repo.Service) []slipway.Evidence
	// Plan writes the plan of a service that Detect accepted. Errors are
	// *slipway.Error.
	Plan(repo.Service) (slipway.Plan, error)
	// Rows describe what it recognises, for docs/languages.md.
	Rows() []repo.Row
}

// All lists the adapters of languages in the order in which they are asked.
func All() []Adapter {
	return []Adapter{
		golang.Adapter{},
		java.Adapter{},
		node.Adapter{},
		python.Adapter{Rust: rust.Adapter{}.Module},
		rust.Adapter{},
	}
}

// Fallbacks list what a directory is built as in which no language is found,
// the first that fits, or what slipway.yaml asks for.
func Fallbacks() []Adapter {
	return []Adapter{
		dockerfile.Adapter{},
		static.Adapter{},
	}
}

// every adapter there is.
func every() []Adapter { return slices.Concat(All(), Fallbacks()) }

// Request asks for the plan of one service.
type Request struct {
	Tree    fs.FS  // the whole repository
	Path    string // the service's directory in the tree; "" and "." are the root
	Service string // bare name, "" when unknown
	Main    string // explicit choice of the program, "./cmd/api"; "" none
	Fetch   bool   // no stack has the version that the repository asks for: a plan whose steps fetch it, where the adapter knows how
}

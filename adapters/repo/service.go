// Package repo is what adapters see of a repository: a tree of files, never
// a disk.
package repo

import (
	"io/fs"

	"github.com/slipway-ci/slipway/adapters/manifest"
)

// Service is one service of a repository before it is planned.
type Service struct {
	Tree     fs.FS            // the whole repository
	Dir      string           // the service's directory in it, "." for the root
	Name     string           // bare name, "" when nobody gave one
	Main     string           // the program that somebody chose by a flag, "" when nobody did
	Fetch    bool             // no stack has the version that it asks for: steps may fetch it
	Declared manifest.Service // what slipway.yaml says about it; zero without one
}

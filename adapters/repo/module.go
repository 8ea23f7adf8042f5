package repo

import "github.com/slipway-ci/slipway"

// Module is a package of Rust that the tools of another language compile into
// a module of theirs.
type Module struct {
	Dir     string          // of its Cargo.toml, in the tree
	Name    string          // tells the steps of several apart; "" for the only one
	Compile string          // shell script, without a network; makes it of what lies below /src
	Collect string          // shell script: leaves in /out what Compile made
	Files   []string        // of the tree, that the tools read beside Cargo's
	Stubs   []string        // of the tree, that have to be there and are not read
	Exclude []string        // patterns of the tree: what it cannot be made of
	Tools   *slipway.Output // mounted at /tools
}

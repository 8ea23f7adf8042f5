package node

import "github.com/slipway-ci/slipway/adapters/repo"

// below is a pattern that holds in a directory of the tree only.
func below(dir, pattern string) string {
	if dir == "." {
		return pattern
	}
	return repo.Literal(dir) + "/" + pattern
}

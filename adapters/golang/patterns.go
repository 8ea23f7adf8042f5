package golang

import "github.com/slipway-ci/slipway/adapters/repo"

// literals makes patterns that match these names and no others.
func literals(names []string) []string {
	patterns := make([]string, len(names))
	for i, n := range names {
		patterns[i] = repo.Literal(n)
	}
	return patterns
}

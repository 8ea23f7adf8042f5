package dockerfile

import "github.com/slipway-ci/slipway/adapters/repo"

// Rows are for docs/languages.md.
func (Adapter) Rows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "Dockerfile", Does: "where no language is found, or by `language: dockerfile`; stages, build arguments, secrets and caches", Trees: []string{"described"}, Plans: []string{"simple", "declared"}},
		{About: repo.AboutShape, Name: "Containerfile", Does: "the same", Trees: []string{"greeter"}, Plans: []string{"containerfile"}},
	}
}

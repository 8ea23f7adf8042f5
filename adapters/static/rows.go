package static

import "github.com/slipway-ci/slipway/adapters/repo"

// Rows are for docs/languages.md.
func (Adapter) Rows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "index.html", Does: "in the root, or in `public`, `dist`, `site` or `www`; served as it is", Trees: []string{"pages"}, Plans: []string{"index", "public"}},
		{About: repo.AboutShape, Name: "a directory that is declared", Does: "`root:` of slipway.yaml", Trees: []string{"subfolder"}, Plans: []string{"declared"}},
	}
}

package node

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// googleFont is how a page of Next.js takes a font of Google, as every page
// does that its generator leaves. Next.js fetches it while it builds, and has
// no other way.
var googleFont = regexp.MustCompile(`(?m)^\s*import\b[^;]*?["']next/font/google["']`)

// findGoogleFonts gives the build a network when a source needs such a font.
func (p *planner) findGoogleFonts() {
	if p.Declared.Commands.Build.Given() {
		return
	}
	_ = fs.WalkDir(p.Tree, p.Dir, func(name string, d fs.DirEntry, err error) error { // what cannot be read asks for nothing
		switch {
		case err != nil:
			return nil //nolint:nilerr // see above
		case d.IsDir() && name != p.Dir && (strings.HasPrefix(d.Name(), ".") || slices.Contains(notSources(), d.Name())):
			return fs.SkipDir
		case d.IsDir() || !slices.Contains([]string{".tsx", ".jsx", ".ts", ".js", ".mjs"}, path.Ext(name)):
			return nil
		}
		data, _, err := repo.Read(p.Tree, name)
		if m := googleFont.FindIndex(data); err == nil && m != nil {
			p.build.fonts = true
			p.note(slipway.Evidence{
				File: name, Line: strings.Count(string(data[:m[1]]), "\n") + 1, Found: "next/font/google",
				Means: "fonts are fetched from fonts.googleapis.com while it is built: the build reaches the network as installing does; with the files in the repository (next/font/local) it need not",
			})
			return fs.SkipAll
		}
		return nil
	})
}

package python

import (
	"regexp"
	"slices"

	"github.com/slipway-ci/slipway"
)

// setsLocale is a call for the words of one country, which Python takes from
// the C library.
var setsLocale = regexp.MustCompile(`\bsetlocale\(\s*(?:locale\.)?LC_\w+\s*,\s*\(?\s*["']([a-z]{2,3}_[A-Z]{2}(?:[.@][\w@-]+)?)["']`)

// localesPackage has every locale of Debian, compiled: more than 200 MB, which
// is nothing to bring unasked.
const localesPackage = "locales-all"

// noteLocale tells of a locale that the image does not have: the call fails in
// the middle of a request.
func (p *planner) noteLocale() {
	if slices.Contains(p.Declared.Packages.Run, localesPackage) {
		return
	}
	for _, file := range p.files() {
		if !slices.Contains(p.modules[file].imported, "locale") {
			continue
		}
		text := p.text(file)
		if at := setsLocale.FindStringSubmatchIndex(text); at != nil {
			p.note(slipway.Evidence{
				File: file, Line: lineAt(text, at[0]), Found: "setlocale " + text[at[2]:at[3]],
				Means: "fails: images have the locale C.UTF-8 alone; Babel brings its own words, without the system's",
				Knob:  "packages: {run: [" + localesPackage + "]}",
			})
			return
		}
	}
}

package repo

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// toolVersions is the version file of asdf and mise: TOOL VERSION [FALLBACK…].
const toolVersions = ".tool-versions"

// ToolVersion gives the version that the nearest .tool-versions or file of
// mise, in the service's directory or above it, names for a tool that has one of the
// given names. Evidence has File, Line and Found. Words that mean "whatever
// there is" (latest, system) are not found.
func ToolVersion(s Service, names ...string) (version string, evidence slipway.Evidence, found bool, err error) {
	for dir := range s.Upwards() {
		file := path.Join(dir, toolVersions)
		data, ok, err := Read(s.Tree, file)
		if err != nil {
			return "", slipway.Evidence{}, false, err
		}
		if version, line := toolVersion(string(data), names); ok && line > 0 {
			return version, slipway.Evidence{File: file, Line: line, Found: "the version " + version}, true, nil
		}
		if version, evidence, found, err = MiseVersion(s, dir, names...); found || err != nil {
			return version, evidence, found, err
		}
	}
	return "", slipway.Evidence{}, false, nil
}

// toolVersion gives the version and its line; line 0 when there is none.
func toolVersion(text string, names []string) (version string, line int) {
	n := 0
	for l := range strings.Lines(text) {
		n++
		l, _, _ = strings.Cut(l, "#")
		words := strings.Fields(l)
		if len(words) < 2 || !slices.Contains(names, words[0]) || slices.Contains([]string{"latest", "system"}, words[1]) {
			continue
		}
		return words[1], n
	}
	return "", 0
}

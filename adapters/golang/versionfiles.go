package golang

import (
	goversion "go/version"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Version files of developers' own tools.
const (
	goVersionName    = ".go-version"    // goenv and others: the version alone
	toolVersionsName = ".tool-versions" // asdf, mise: TOOL VERSION [FALLBACK…]
)

func (p *planner) goVersionFile(dir string) (said, bool, error) {
	return p.scanVersions(path.Join(dir, goVersionName), func(words []string) (string, bool) {
		return words[0], true
	})
}

func (p *planner) toolVersionsFile(dir string) (said, bool, error) {
	return p.scanVersions(path.Join(dir, toolVersionsName), func(words []string) (string, bool) {
		if len(words) < 2 || !slices.Contains([]string{"golang", "go"}, words[0]) {
			return "", false
		}
		return words[1], true
	})
}

func (p *planner) miseFile(dir string) (said, bool, error) {
	v, e, ok, err := repo.MiseVersion(p.Service, dir, "go", "golang")
	if !ok || err != nil {
		return said{}, false, err
	}
	return p.checkWish(said{strings.TrimPrefix(v, "go"), e.File, e.Line, e.Found})
}

// scanVersions gives the version in the first line of a file that pick
// accepts. Words that mean "whatever there is" are no wish; anything else
// that is not a version is refused rather than guessed at.
func (p *planner) scanVersions(name string, pick func(words []string) (string, bool)) (said, bool, error) {
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil || !ok {
		return said{}, false, err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		text, _, _ := strings.Cut(line, "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		word, ok := pick(words)
		if !ok {
			continue
		}
		return p.checkWish(said{strings.TrimPrefix(word, "go"), name, n, strings.Join(words, " ")})
	}
	return said{}, false, nil
}

func (p *planner) checkWish(s said) (said, bool, error) {
	if slices.Contains([]string{"latest", "system", "stable"}, s.version) {
		p.note(slipway.Evidence{File: s.file, Line: s.line, Found: s.found, Means: "no particular version of Go"})
		return said{}, false, nil
	}
	if !goversion.IsValid("go" + s.version) {
		return said{}, false, slipway.Errorf(slipway.CodeInvalid, "%s: %.60q is not a version of Go", s.where(), s.version).
			WithHint("write for example 1.26.8, or delete the line: go.mod says what is needed").WithClass(slipway.ClassCode)
	}
	return s, true, nil
}

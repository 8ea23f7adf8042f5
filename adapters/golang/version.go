package golang

import (
	goversion "go/version"
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// said is a version of Go and where it stands.
type said struct {
	version string // "1.26.8", without "go"
	file    string
	line    int // 0: the file as a whole
	found   string
}

func (s said) where() string {
	if s.line == 0 {
		return repo.Quote(s.file)
	}
	return repo.Place(s.file, s.line)
}

// from is the same for Version.From.
func (s said) from() string {
	if s.line == 0 {
		return s.file
	}
	return repo.At(s.file, s.line)
}

// findVersion decides which Go the repository wants: the highest of the go
// and toolchain lines is the least that will do; a version file or
// slipway.yaml names one exactly, and wins unless it is too old.
func (p *planner) findVersion() error {
	least := p.least()
	wish, ok, err := p.wish()
	if err != nil {
		return err
	}
	switch {
	case ok && least.version != "" && older(wish.version, least.version):
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for Go %s, but %s needs at least %s", wish.where(), wish.version, least.where(), least.version).
			WithHint("raise the one or lower the other; the go command refuses to build with a Go older than its go line").
			WithDetails(wish.where()+": "+wish.found, least.where()+": "+least.found).WithClass(slipway.ClassCode)
	case ok:
		p.useVersion(wish, false, "built with Go "+wish.version)
	case least.version != "":
		p.useVersion(least, true, "built with Go "+least.version+" or a newer one of the stacks")
	default:
		p.version = slipway.Version{From: "default"}
		p.note(slipway.Evidence{
			File: p.layout.mains[0].manifest(), Found: "no go line",
			Means: "built with the default Go", Knob: `version: "1.26"`,
		})
	}
	return nil
}

func (p *planner) useVersion(s said, minimum bool, means string) {
	p.version = slipway.Version{Value: s.version, Want: s.version, From: s.from(), Minimum: minimum}
	p.note(slipway.Evidence{File: s.file, Line: s.line, Found: s.found, Means: means, Knob: `version: "` + s.version + `"`})
}

// least is the highest go or toolchain line of the modules in the tree.
func (p *planner) least() said {
	var highest said
	take := func(file string, g *modfile.Go, t *modfile.Toolchain) {
		if g != nil {
			highest = newer(highest, said{g.Version, file, g.Syntax.Start.Line, "go " + g.Version})
		}
		if t != nil && goversion.IsValid(t.Name) { // not "default"
			highest = newer(highest, said{plain(t.Name), file, t.Syntax.Start.Line, "toolchain " + t.Name})
		}
	}
	for _, m := range p.layout.mains {
		take(m.manifest(), m.file.Go, m.file.Toolchain)
	}
	if w := p.layout.work; w != nil {
		take(path.Join(p.layout.root, workFile), w.Go, w.Toolchain)
	}
	for _, m := range p.layout.replaced {
		take(m.manifest(), m.file.Go, nil) // a dependency's toolchain line counts for nobody else
	}
	return highest
}

func newer(a, b said) said {
	if a.version == "" || goversion.Compare("go"+b.version, "go"+a.version) > 0 {
		return b
	}
	return a
}

// older tells whether a wish cannot satisfy a minimum. "1.26" satisfies
// "1.26.3": it leaves the patch open.
func older(wish, least string) bool {
	return goversion.Compare("go"+wish, "go"+least) < 0 && !strings.HasPrefix(least, wish+".")
}

// plain is a toolchain's version: "go1.26.8-custom" is 1.26.8.
func plain(toolchain string) string {
	v, _, _ := strings.Cut(strings.TrimPrefix(toolchain, "go"), "-")
	return v
}

// wish is the exact version that somebody wrote down, if anybody did.
func (p *planner) wish() (said, bool, error) {
	if v := p.Declared.Version; v != "" {
		s := said{v, p.Declared.File(), p.Declared.Line("version"), "version: " + v}
		if !goversion.IsValid("go" + v) {
			return said{}, false, slipway.Errorf(slipway.CodeInvalid, "%s: %q is not a version of Go", s.where(), v).
				WithHint(`write for example version: "1.26.8"`).WithClass(slipway.ClassCode)
		}
		return s, true, nil
	}
	for dir := p.Dir; ; dir = path.Dir(dir) {
		for _, read := range []func(string) (said, bool, error){p.goVersionFile, p.toolVersionsFile, p.miseFile} {
			if s, ok, err := read(dir); ok || err != nil {
				return s, ok, err
			}
		}
		if dir == "." {
			return said{}, false, nil
		}
	}
}

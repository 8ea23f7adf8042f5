package golang

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// program is the main package that becomes the service.
type program struct {
	dir string // its directory in the tree
}

// target is how the go command is told to build it from the directory root:
// "./cmd/api".
func (m program) target(root string) string {
	switch {
	case m.dir == root:
		return "."
	case root == ".":
		return "./" + m.dir
	default:
		return "./" + strings.TrimPrefix(m.dir, root+"/")
	}
}

// findMain chooses the program: the one that somebody named, else
// cmd/SERVICE, else the service's directory when that was named and is a
// program, else the only one there is.
func (p *planner) findMain() error {
	if p.Main != "" {
		return p.named(p.Main, "--main", slipway.Evidence{File: path.Join(p.Dir, p.Main), Found: "--main " + p.Main})
	}
	if m := p.Declared.Main; m != "" {
		return p.named(m, repo.Quote(p.Declared.File()), slipway.Evidence{File: p.Declared.File(), Line: p.Declared.Line("main"), Found: "main: " + m})
	}
	if p.custom() {
		p.customMain()
		return nil
	}
	ctx := p.buildContext(true)
	if p.Name != "" {
		if dir := path.Join(p.Dir, "cmd", p.Name); p.packageName(ctx, dir) == "main" && p.inModule(dir) {
			p.choose(dir, "package main in the directory of the service's name")
			return nil
		}
	}
	if p.layout.service != "" && p.Dir != p.layout.service && p.packageName(ctx, p.Dir) == "main" {
		p.choose(p.Dir, "package main in the directory that was named")
		return nil
	}
	return p.onlyMain()
}

// choose takes a directory as the program, because of what was found there.
func (p *planner) choose(dir, found string) {
	p.take(dir, slipway.Evidence{File: dir, Found: found})
}

func (p *planner) take(dir string, e slipway.Evidence) {
	p.main = program{dir: dir}
	e.Means, e.Knob = "the program is "+p.fromService(dir), "main: "+p.fromService(dir)
	p.note(e)
}

// named takes the program that somebody chose.
func (p *planner) named(choice, by string, e slipway.Evidence) error {
	dir, ok := within(p.Dir, choice)
	if !ok {
		return slipway.Errorf(slipway.CodeUsage, "%s names %s, which is outside the repository", by, repo.Quote(choice)).
			WithHint("name a directory below the service's, for example ./cmd/api")
	}
	if p.packageName(p.buildContext(true), dir) == "main" && p.inModule(dir) {
		p.take(dir, e)
		return nil
	}
	all, err := p.searchAll()
	if err != nil {
		return err
	}
	return slipway.Errorf(slipway.CodeNotFound, "%s names %s, which is not a main package", by, repo.Quote(choice)).
		WithHint("name one of those that there are").WithDetails(p.programs(append(all.mains, all.aside...))...).
		WithClass(slipway.ClassCode)
}

// inModule tells whether the go command, where it runs, takes a directory
// for its own.
func (p *planner) inModule(dir string) bool {
	owner := ""
	for _, m := range p.layout.mains {
		if (m.dir == "." || m.dir == dir || strings.HasPrefix(dir, m.dir+"/")) && len(m.dir) >= len(owner) {
			owner = m.dir
		}
	}
	return owner != ""
}

// fromService is a directory as slipway.yaml and --main name it: relative to
// the service's own.
func (p *planner) fromService(dir string) string {
	if dir == p.Dir {
		return "."
	}
	if p.Dir == "." {
		return "./" + dir
	}
	if rest, ok := strings.CutPrefix(dir, p.Dir+"/"); ok {
		return "./" + rest
	}
	return dir
}

package golang

import (
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// checkGenerated looks for packages that are not in the repository, as
// generated code often is not, and plans how they are made. It refuses a
// program where nothing says it: the compiler would only say that a package
// is not there.
func (p *planner) checkGenerated() error {
	if p.custom() {
		return nil
	}
	var all missing
	for _, k := range p.packages {
		if err := p.lacksTemplates(k); err != nil {
			return err
		}
		p.lacks(k, &all)
	}
	if len(all.dirs) == 0 {
		return nil
	}
	slices.Sort(all.dirs)
	if ok, err := p.generates(all.dirs); ok || err != nil {
		return err
	}
	return all.first
}

// missing are directories without code that the program is made of, and the
// error that says so of the first.
type missing struct {
	dirs  []string
	first error
}

// lacks adds what a package imports that is not there, and itself where the
// rest of it is made.
func (p *planner) lacks(k *pkg, all *missing) {
	add := func(dir, what string) {
		if !slices.Contains(all.dirs, dir) {
			all.dirs = append(all.dirs, dir)
		}
		if all.first == nil {
			all.first = p.notGenerated(what, dir)
		}
	}
	for _, imported := range k.Imports {
		if dir, ok := p.layout.find(imported); ok && !p.requires(imported) && !p.hasGoFiles(dir) && !p.inC(k, imported) {
			file, line := k.importedAt(imported)
			add(dir, repo.Place(file, line)+" imports "+repo.Quote(imported)+", and "+repo.Show(dir)+" has no Go files")
		}
	}
	if p.makesItself(k) {
		add(k.dir, repo.Show(k.dir)+" has protocols, and not the code that its //go:generate makes of them")
	}
}

// lacksTemplates refuses templates of templ without what is made of them.
func (p *planner) lacksTemplates(k *pkg) error {
	for _, name := range p.glob(k.dir, "*.templ") {
		if made := strings.TrimSuffix(name, ".templ") + "_templ.go"; !repo.IsFile(p.Tree, made) {
			return p.notGenerated(repo.Quote(name)+" is there, and "+repo.Quote(made)+", which `templ generate` makes of it, is not", k.dir)
		}
	}
	return nil
}

// makesItself tells whether a package makes the rest of its code of protocols
// beside it, which is not there.
func (p *planner) makesItself(k *pkg) bool {
	if len(p.glob(k.dir, "*.proto")) == 0 || len(p.glob(k.dir, "*.pb.go")) > 0 {
		return false
	}
	return slices.ContainsFunc(p.directives(p.glob(k.dir, "*.go")), func(m maker) bool { return m.dir == k.dir })
}

// notGenerated says what makes the code, as far as the repository does.
func (p *planner) notGenerated(what, dir string) error {
	var makers []string
	for _, name := range slices.Sorted(maps.Keys(p.read)) {
		for i, line := range strings.Split(string(p.read[name]), "\n") {
			if strings.HasPrefix(line, "//go:generate ") && len(makers) < maxListed {
				makers = append(makers, repo.Place(name, i+1)+": "+strings.Join(strings.Fields(line), " "))
			}
		}
	}
	for _, name := range []string{"buf.gen.yaml", "sqlc.yaml", "sqlc.yml", "gqlgen.yml"} {
		if file := path.Join(p.layout.root, name); repo.IsFile(p.Tree, file) {
			makers = append(makers, repo.Quote(file)+": says what makes code")
		}
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s", what).
		WithHint("commit the code that is generated into %s, or let the build make it: `commands: {build: …}` in slipway.yaml, which leaves the program at $%s; tools that are `tool` lines of go.mod are there, those of Debian by `packages: {build: [protobuf-compiler]}`", repo.Show(dir), outputVariable).
		WithDetails(makers...).WithClass(slipway.ClassCode)
}

// requires tells whether a module that is not of the tree has a package.
func (p *planner) requires(importPath string) bool {
	return slices.ContainsFunc(p.layout.mains, func(m module) bool {
		return slices.ContainsFunc(m.file.Require, func(r *modfile.Require) bool {
			return !p.layout.provides(r.Mod.Path) && (importPath == r.Mod.Path || strings.HasPrefix(importPath, r.Mod.Path+"/"))
		})
	})
}

// inC tells whether only files with C import a package: without cgo nobody
// asks for it.
func (p *planner) inC(k *pkg, importPath string) bool {
	return !slices.ContainsFunc(k.ImportPos[importPath], func(at token.Position) bool {
		return !slices.Contains(k.CgoFiles, path.Base(at.Filename))
	})
}

// hasGoFiles tells whether a directory has any, whatever their constraints.
func (p *planner) hasGoFiles(dir string) bool { return len(p.glob(dir, "*.go")) > 0 }

func (p *planner) glob(dir, pattern string) []string {
	found, _ := fs.Glob(p.Tree, path.Join(repo.Literal(dir), pattern)) // the pattern is sound
	return found
}

package golang

import (
	"path"
	"slices"

	"golang.org/x/mod/modfile"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// replacement is a replace directive and the file that it stands in.
type replacement struct {
	*modfile.Replace
	file string
}

// findReplaced reads the directories that stand for required modules. Only
// the main modules' directives and the workspace's count, as for the go
// command, and only those for a module that something requires. With a
// vendor directory the go command reads none of them.
func (p *planner) findReplaced() error {
	if p.layout.vendored {
		return nil
	}
	all := p.replacements()
	for queue := slices.Clone(p.layout.mains); len(queue) > 0; {
		requires := queue[0].file.Require
		queue = queue[1:]
		for _, r := range requires {
			by, ok := localFor(all, r)
			if !ok || p.layout.provides(r.Mod.Path) {
				continue
			}
			m, err := p.readReplaced(by)
			if err != nil {
				return err
			}
			m.path = r.Mod.Path // what imports say, whatever the replaced module calls itself
			p.layout.replaced = append(p.layout.replaced, m)
			queue = append(queue, m)
		}
	}
	return nil
}

func (p *planner) replacements() []replacement {
	var all []replacement
	if p.layout.work != nil {
		for _, r := range p.layout.work.Replace {
			all = append(all, replacement{r, path.Join(p.layout.root, workFile)})
		}
	}
	for _, m := range p.layout.mains {
		for _, r := range m.file.Replace {
			all = append(all, replacement{r, m.manifest()})
		}
	}
	return all
}

// localFor finds the directive that puts a directory in place of a
// requirement. One that names the version comes before one that does not.
func localFor(all []replacement, r *modfile.Require) (replacement, bool) {
	for _, version := range []string{r.Mod.Version, ""} {
		for _, by := range all {
			if by.Old.Path == r.Mod.Path && by.Old.Version == version {
				return by, by.New.Version == ""
			}
		}
	}
	return replacement{}, false
}

func (p *planner) readReplaced(by replacement) (module, error) {
	where := repo.Place(by.file, by.Syntax.Start.Line)
	dir, ok := within(path.Dir(by.file), by.New.Path)
	if !ok {
		return module{}, slipway.Errorf(slipway.CodeInvalid, "%s replaces %s by %s, which is outside the repository", where, repo.Quote(by.Old.Path), repo.Quote(by.New.Path)).
			WithHint("a build sees nothing but the repository: require a published version, or put local directives into a go.work that is not committed").
			WithClass(slipway.ClassCode)
	}
	if !repo.IsFile(p.Tree, path.Join(dir, modFile)) {
		return module{}, slipway.Errorf(slipway.CodeInvalid, "%s replaces %s by %s, which has no go.mod", where, repo.Quote(by.Old.Path), repo.Quote(by.New.Path)).
			WithHint("commit %s or take the directive out", repo.Quote(path.Join(dir, modFile))).WithClass(slipway.ClassCode)
	}
	p.note(slipway.Evidence{
		File: by.file, Line: by.Syntax.Start.Line, Found: "replace " + by.Old.Path + " => " + by.New.Path,
		Means: dir + " is part of the program",
	})
	return p.readModule(dir)
}

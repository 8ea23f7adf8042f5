package python

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// The managers that are built with.
const (
	pip    = "pip"
	uv     = "uv"
	poetry = "poetry"
)

// Files of managers.
const (
	uvLock      = "uv.lock"
	poetryLock  = "poetry.lock"
	pipfile     = "Pipfile"
	pipfileLock = "Pipfile.lock"
	pdmLock     = "pdm.lock"
	condaFile   = "environment.yml"
)

// manager is how a service gets its dependencies.
type manager struct {
	name         string
	root         string             // directory of the lock file, or of the service
	lock         string             // file; "" when tomorrow's build may resolve differently
	requirements string             // pip: the file; "" when the requirements are in lines
	lines        []string           // requirements (PEP 508) that stand in another file
	files        []string           // that the installer reads
	local        []localRequirement // packages of the tree that requirements files name
	member       string             // uv: the package of the workspace
	hashed       bool               // every package has a hash
	whole        bool               // the service itself must be built to be installed
}

// findManager decides by the files that are there: a lock file before a list,
// a list before a project without either.
func (p *planner) findManager() error {
	if dir, ok := p.above(uvLock); ok && p.project != nil {
		return p.useLock(uv, dir, uvLock)
	}
	if repo.IsFile(p.Tree, p.in(poetryLock)) && p.project != nil {
		return p.useLock(poetry, p.Dir, poetryLock)
	}
	for _, name := range requirementFiles() {
		if file := p.in(name); repo.IsFile(p.Tree, file) {
			p.manager = manager{name: pip, root: p.Dir, requirements: file}
			p.note(slipway.Evidence{File: file, Found: path.Base(name), Means: "dependencies installed from it" + p.passedOver(name)})
			return nil
		}
	}
	if err := p.unbuilt(); err != nil {
		return err
	}
	p.manager = manager{name: pip, root: p.Dir}
	switch {
	case p.project != nil && p.project.Tool.Poetry != nil && len(p.project.Tool.Poetry.Dependencies) > 0:
		p.manager.name, p.manager.files = poetry, []string{p.project.file}
		p.note(slipway.Evidence{File: p.project.file, Line: p.project.line("[tool.poetry.dependencies]"), Found: "no " + poetryLock, Means: "dependencies resolved anew by Poetry; `poetry lock` keeps them"})
	case p.project != nil && p.project.Project != nil:
		if p.project.Tool.UV != nil {
			p.manager.name = uv
		}
		p.note(slipway.Evidence{File: p.project.file, Line: p.project.line("[project]"), Found: "a project without a lock file", Means: "dependencies resolved anew; `uv lock` keeps them"})
	default:
		p.note(slipway.Evidence{File: p.Dir, Found: "no list of dependencies", Means: "what setup.py or setup.cfg ask for, if there is one"})
	}
	return nil
}

// above looks for a file in the service's directory and, for workspaces, in
// those above it.
func (p *planner) above(name string) (string, bool) {
	for dir := p.Dir; ; dir = path.Dir(dir) {
		if repo.IsFile(p.Tree, path.Join(dir, name)) {
			return dir, dir == p.Dir || p.memberOf(dir)
		}
		if dir == "." {
			return "", false
		}
	}
}

func (p *planner) useLock(name, dir, lock string) error {
	p.manager = manager{name: name, root: dir, lock: path.Join(dir, lock), hashed: true}
	p.manager.files = []string{path.Join(dir, projectFile), p.manager.lock}
	if dir != p.Dir {
		p.manager.files = append(p.manager.files, p.project.file)
		p.manager.member = p.project.name()
	}
	means := "dependencies installed as locked by " + map[string]string{uv: "uv", poetry: "Poetry"}[name]
	p.note(slipway.Evidence{File: p.manager.lock, Found: lock, Means: means + p.passedOver(lock)})
	return nil
}

// passedOver names the other lists that stand beside the one that is taken.
func (p *planner) passedOver(taken string) string {
	var others []string
	for _, name := range append([]string{uvLock, poetryLock, pdmLock, pipfileLock}, requirementFiles()...) {
		if name != taken && repo.IsFile(p.Tree, p.in(name)) {
			others = append(others, name)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return "; " + strings.Join(others, ", ") + " passed over"
}

// unbuilt refuses what is recognised and not built yet, with the command that
// gives something that is.
func (p *planner) unbuilt() error {
	for _, other := range []struct{ file, name, hint string }{
		{pdmLock, "PDM", "`pdm export -o requirements.txt --prod` writes a requirements.txt that is built; commit it"},
		{pipfileLock, "Pipenv", "`pipenv requirements > requirements.txt` writes a requirements.txt that is built; commit it"},
		{pipfile, "Pipenv", "`pipenv requirements > requirements.txt` writes a requirements.txt that is built; commit it"},
		{condaFile, "conda", "write what the service needs of it into a requirements.txt, and libraries of the system into packages of slipway.yaml"},
		{"environment.yaml", "conda", "write what the service needs of it into a requirements.txt, and libraries of the system into packages of slipway.yaml"},
	} {
		if file := p.in(other.file); repo.IsFile(p.Tree, file) {
			return slipway.Errorf(slipway.CodeInvalid, "%s is of %s, which this version does not build with yet", repo.Quote(file), other.name).
				WithHint("%s", other.hint).WithClass(slipway.ClassCode)
		}
	}
	return nil
}

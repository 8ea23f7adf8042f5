package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// The managers that are built with.
const (
	pip    = "pip"
	uv     = "uv"
	poetry = "poetry"
	pipenv = "pipenv"
	pdm    = "pdm"
	conda  = "conda"
)

// Files of managers.
const (
	uvLock      = "uv.lock"
	poetryLock  = "poetry.lock"
	pipfile     = "Pipfile"
	pipfileLock = "Pipfile.lock"
	pdmLock     = "pdm.lock"
	condaFile   = "environment.yml"
	pylock      = "pylock.toml"
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
	named        []localRequirement // packages of the tree that another list names
	member       string             // uv: the package of the workspace
	uv           string             // the version that the project names
	script       string             // file: a program that says itself what it needs (PEP 723)
	block        string             // what it says
	python       placedText         // the version of Python that the list asks for
	indexes      []string           // addresses of further indexes
	hashed       bool               // every package has a hash
	whole        bool               // the service itself must be built to be installed
}

// findManager decides by the files that are there: a lock file before a list,
// a list before a project without either.
func (p *planner) findManager() error {
	for _, try := range []func() (bool, error){p.findLock, p.findRequirements, p.findPipfile, p.findConda, p.findScript, p.findProject, p.findMkDocs} {
		if found, err := try(); found || err != nil {
			return err
		}
	}
	p.manager = manager{name: pip, root: p.Dir}
	p.note(slipway.Evidence{File: p.Dir, Found: "no list of dependencies", Means: "what setup.py or setup.cfg ask for, if there is one"})
	return nil
}

// findLock takes a lock file, of uv before all others.
func (p *planner) findLock() (bool, error) {
	if dir, ok := p.above(uvLock); ok && p.project != nil {
		return true, p.useLock(uv, dir, uvLock)
	}
	for _, lock := range []struct{ name, file, beside string }{
		{poetry, poetryLock, projectFile}, {pdm, pdmLock, projectFile}, {pipenv, pipfileLock, pipfile}, {pip, pylock, pylock},
	} {
		if repo.IsFile(p.Tree, p.in(lock.file)) && repo.IsFile(p.Tree, p.in(lock.beside)) {
			return true, p.useLock(lock.name, p.Dir, lock.file)
		}
	}
	return false, nil
}

// findRequirements takes the first list of a usual name.
func (p *planner) findRequirements() (bool, error) {
	for _, name := range requirementFiles() {
		if file := p.in(name); repo.IsFile(p.Tree, file) {
			p.manager = manager{name: pip, root: p.Dir, requirements: file}
			p.note(slipway.Evidence{File: file, Found: path.Base(name), Means: "dependencies installed from it" + p.passedOver(name)})
			return true, nil
		}
	}
	if name := onlyList(p.Service); name != "" && p.project == nil {
		p.manager = manager{name: pip, root: p.Dir, requirements: p.in(name)}
		p.note(slipway.Evidence{File: p.in(name), Found: path.Base(name), Means: "dependencies installed from it, the only list that there is"})
		return true, nil
	}
	return false, nil
}

// listName is what people call a list of requirements.
var listName = regexp.MustCompile(`^(?:requirements?|reqs?)(?:[-_.]?\w[\w.-]*)?\.txt$`)

// ofDevelopers are words of lists that no image is made of.
var ofDevelopers = regexp.MustCompile(`(?i)dev|test|doc|lint|ci\b|local|constraints|build`)

// onlyList is a list of no usual name, where it is the only one; lists for
// developers do not count.
func onlyList(s repo.Service) string {
	var found []string
	for _, name := range repo.Names(s.Tree, s.Dir) {
		if listName.MatchString(name) {
			found = append(found, name)
		}
	}
	for _, name := range repo.Names(s.Tree, path.Join(s.Dir, "requirements")) {
		if strings.HasSuffix(name, ".txt") {
			found = append(found, path.Join("requirements", name))
		}
	}
	found = slices.DeleteFunc(found, func(name string) bool {
		return !repo.IsFile(s.Tree, path.Join(s.Dir, name)) || ofDevelopers.MatchString(name)
	})
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// findProject takes a project whose dependencies nobody has locked.
func (p *planner) findProject() (bool, error) {
	if p.project == nil {
		return false, nil
	}
	p.manager = manager{name: pip, root: p.Dir}
	e := slipway.Evidence{File: p.project.file, Line: p.project.line("[project]"), Found: "a project without a lock file"}
	switch tool := p.project.Tool; {
	case tool.Poetry != nil && len(tool.Poetry.Dependencies) > 0:
		p.manager.name, p.manager.files = poetry, []string{p.project.file}
		e.Line, e.Found, e.Means = p.project.line("[tool.poetry.dependencies]"), "no "+poetryLock, "dependencies resolved anew by Poetry; `poetry lock` keeps them"
	case p.project.Project == nil:
		return false, nil
	case tool.UV == nil && tool.PDM != nil:
		p.manager.name, e.Means = pdm, "dependencies resolved anew; `pdm lock` keeps them"
	default:
		if tool.UV != nil {
			p.manager.name = uv
		}
		e.Means = "dependencies resolved anew; `uv lock` keeps them"
	}
	p.note(e)
	return true, nil
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
	p.manager.files = []string{path.Join(dir, besides(name)), p.manager.lock}
	if name == pip { // what it is made of need not be a project
		p.manager.files = []string{p.manager.lock}
		if p.project != nil {
			p.manager.files = append(p.manager.files, p.project.file)
		}
	}
	if dir != p.Dir {
		p.manager.files = append(p.manager.files, p.project.file)
		p.manager.member = p.project.name()
	}
	means := "dependencies installed as locked by " + map[string]string{uv: "uv", poetry: "Poetry", pdm: "PDM", pipenv: "Pipenv", pip: "any tool that writes PEP 751"}[name]
	p.note(slipway.Evidence{File: p.manager.lock, Found: lock, Means: means + p.passedOver(lock)})
	if name == uv {
		return p.requiredUV()
	}
	return nil
}

// standard tells whether the dependencies are locked by a pylock.toml.
func (m manager) standard() bool { return path.Base(m.lock) == pylock }

// besides is the file that a manager locks.
func besides(name string) string {
	if name == pipenv {
		return pipfile
	}
	return projectFile
}

// passedOver names the other lists that stand beside the one that is taken.
func (p *planner) passedOver(taken string) string {
	var others []string
	for _, name := range append([]string{uvLock, poetryLock, pdmLock, pipfileLock, pylock}, requirementFiles()...) {
		if name != taken && repo.IsFile(p.Tree, p.in(name)) {
			others = append(others, name)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return "; " + strings.Join(others, ", ") + " passed over"
}

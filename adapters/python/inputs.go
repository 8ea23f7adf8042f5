package python

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// rubbish lists what no program of Python is made of, wherever it lies:
// version control, environments, caches, and the settings of one machine.
func rubbish() []string {
	return []string{
		"**/.git", "**/.hg", "**/.svn", "**/.venv", "**/venv/pyvenv.cfg", "**/venv/bin", "**/venv/lib", "**/venv/lib64", "**/venv/include",
		"**/__pycache__", "**/*.pyc", "**/*.pyo", "**/*.egg-info", "**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache", "**/.tox", "**/.nox",
		"**/.ipynb_checkpoints", "**/.coverage", "**/htmlcov", "**/node_modules", "**/.idea", "**/.vscode", "**/.DS_Store", "**/*.log",
		"**/.env", "**/.env.*", "!**/.env.example", "!**/.env.sample", "!**/.env.template", "!**/.env.dist", "!**/.env.defaults",
	}
}

// paperwork lists what a repository has for its developers, in its root.
func paperwork() []string {
	return []string{
		".github", ".gitlab-ci.yml", ".gitlab", ".circleci", ".gitignore", ".gitattributes", ".editorconfig", ".dockerignore", ".pre-commit-config.yaml",
		"Dockerfile*", "docker-compose*.y*ml", "compose*.y*ml", "Jenkinsfile", "Makefile", "LICENSE*", "CHANGELOG*", "CONTRIBUTING*", "README*",
		"tox.ini", "noxfile.py", ".flake8", ".pylintrc", "mypy.ini", "pytest.ini", ".coveragerc", "slipway.yaml",
	}
}

// tests lists what only tests are made of.
func tests() []string {
	return []string{"**/tests", "**/test_*.py", "**/*_test.py", "**/conftest.py"}
}

// excluded are the patterns of what is not in the image. A README that the
// program itself reads stays.
func (p *planner) excluded(withTests bool) []string {
	patterns := rubbish()
	if p.start.pages != nil {
		return patterns // a site may have a page of anything
	}
	if !withTests {
		patterns = append(patterns, tests()...)
	}
	for _, name := range paperwork() {
		if p.manager.whole && slices.Contains([]string{"README*", "LICENSE*", "CHANGELOG*"}, name) {
			continue // build backends read them
		}
		if !p.speaksOf(strings.TrimRight(name, "*")) {
			patterns = append(patterns, path.Join(repo.Literal(p.Dir), name))
			if p.Dir != "." {
				patterns = append(patterns, name)
			}
		}
	}
	for _, docs := range []string{"docs/conf.py", "mkdocs.yml"} {
		if repo.IsFile(p.Tree, p.in(docs)) && !p.speaksOf("docs") {
			patterns = append(patterns, path.Join(repo.Literal(p.Dir), "docs"))
			break
		}
	}
	return patterns
}

// speaksOf tells whether a string of the program has a name in it.
func (p *planner) speaksOf(name string) bool {
	for _, m := range p.modules {
		if slices.ContainsFunc(m.strings, func(s string) bool { return len(s) < 200 && strings.Contains(s, name) }) {
			return true
		}
	}
	return false
}

// sources are the files of the program: the service's directory and the
// packages of the tree that it needs, or what is declared.
func (p *planner) sources() *slipway.Source { return p.sourcesWith(false) }

func (p *planner) sourcesWith(withTests bool) *slipway.Source {
	return &slipway.Source{Include: repo.Literals(p.directories()), Exclude: slices.Concat(p.excluded(withTests), p.installed(), p.ofRust())}
}

// installed lists what only the installer reads: what it says is in the image
// as packages. What the program itself reads stays, and so does what a build
// backend may read.
func (p *planner) installed() []string {
	if p.manager.whole || p.start.pages != nil {
		return nil
	}
	var patterns []string
	for _, file := range append(slices.Clone(p.manager.files), p.in("requirements.in"), p.in(".python-version")) {
		name := path.Base(file)
		list := strings.HasSuffix(name, ".txt") || strings.HasSuffix(name, ".in") || strings.HasSuffix(name, ".lock") || name == ".python-version"
		if list && repo.IsFile(p.Tree, file) && !p.speaksOf(name) && !slices.Contains(patterns, repo.Literal(file)) {
			patterns = append(patterns, repo.Literal(file))
		}
	}
	return patterns
}

// directories of the program; none is everything.
func (p *planner) directories() []string {
	dirs := slices.Clone(p.Declared.Inputs)
	if len(dirs) == 0 {
		for _, q := range p.parties {
			dirs = append(dirs, q.dir)
		}
	}
	if slices.Contains(dirs, ".") {
		return nil
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// inputs are the same files as the build key sees them, and those that the
// dependencies are read from.
func (p *planner) inputs() []string {
	in := p.directories()
	if in == nil {
		in = []string{"."}
	} else {
		in = slices.Concat(in, p.manager.files)
		for _, m := range p.modulePlans {
			in = append(in, m.Inputs...)
		}
		slices.Sort(in)
		in = slices.Compact(in)
	}
	var except []string
	for _, pattern := range p.excluded(p.Declared.Tests != nil) {
		if rest, back := strings.CutPrefix(pattern, "!"); back {
			except = append(except, rest)
			continue
		}
		except = append(except, "!"+pattern)
	}
	return append(in, except...)
}

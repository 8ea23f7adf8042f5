package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// paperwork lies in the directory of a service and is never part of it.
func paperwork() []string {
	return []string{
		".github", ".gitlab-ci.yml", ".gitignore", ".gitattributes", ".editorconfig", ".dockerignore", ".vscode", ".idea", ".husky", ".circleci", ".travis.yml",
		"README*", "CHANGELOG*", "CONTRIBUTING*", "CODE_OF_CONDUCT*", "SECURITY.md", "LICENSE*",
		"Dockerfile*", "docker-compose*", "compose.y*ml", "Jenkinsfile", "slipway.yaml",
	}
}

// ofDevelopers is what a running program has no use for, at any depth: tests,
// and what belongs to one machine or to the package manager.
func ofDevelopers() []string {
	patterns := []string{"**/node_modules", "**/.env", "**/.env.*", "**/.npmrc", "**/.DS_Store", "**/__tests__", "**/.pnpm-store"}
	for _, ext := range []string{"[jt]s", "[jt]sx", "[cm][jt]s"} {
		patterns = append(patterns, "**/*.test."+ext, "**/*.spec."+ext)
	}
	return patterns
}

// ofTools lies in the directory of a service for tools that do not run where
// it runs.
func ofTools() []string {
	return []string{
		"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "pnpm-workspace.yaml", ".pnpmfile.cjs",
		".eslintrc*", "eslint.config.*", ".prettier*", "prettier.config.*", ".nvmrc", ".node-version", ".tool-versions", ".nycrc*",
		"jest.config.*", "vitest.config.*", "playwright.config.*", "cypress.config.*", "cypress", "coverage", "Procfile", "Makefile", "nodemon.json",
	}
}

// papers is the paperwork, with what yarn itself leaves in a repository.
func (p *planner) papers() []string {
	if p.manager.tool != toolYarn {
		return paperwork()
	}
	return append(paperwork(), ".pnp.*", ".yarn/cache", ".yarn/unplugged", ".yarn/releases", ".yarn/sdks", ".yarn/install-state.gz", ".yarn/build-state.yml")
}

// toolFiles is what lies in the directory for tools, with the files of the
// package manager that is used.
func (p *planner) toolFiles() []string {
	switch p.manager.tool {
	case toolYarn:
		return append(ofTools(), ".yarnrc", yarnrc, ".yarn")
	case toolBun:
		return append(ofTools(), "bun.lock", "bun.lockb", "bunfig.toml")
	case toolPnpm:
		if p.manager.major >= ownPnpm {
			return append(ofTools(), ".pnpmfile.mjs")
		}
	case toolNpm:
	}
	return ofTools()
}

// runnerFiles are the files beside the packages of a workspace without which
// yarn runs no script, and others do not know the workspace.
func (p *planner) runnerFiles() []string {
	if p.build.tool == "" && !p.manager.berry() || p.place() == p.manager.root {
		return nil
	}
	files := slices.DeleteFunc(p.managerFiles(), func(name string) bool { return strings.HasSuffix(name, committedCache) })
	if p.manager.lock != "" {
		files = append(files, p.manager.lock)
	}
	if file := path.Join(p.manager.root, "turbo.jsonc"); repo.IsFile(p.Tree, file) {
		files = append(files, file)
	}
	return files
}

// dirs are the directories of the tree that the service is made of; "." is
// all.
func (p *planner) dirs() []string {
	dirs := []string{p.place()}
	if p.nx != nil {
		dirs = append(dirs, p.nx.needs...)
	}
	for _, m := range p.space.needs {
		dirs = append(dirs, m.dir)
	}
	for _, m := range p.installed() {
		for _, dir := range p.local(m) {
			if repo.IsDir(p.Tree, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	if slices.Contains(dirs, ".") {
		return []string{"."}
	}
	return sortedNames(dirs)
}

// rootFiles are the files beside the packages of a workspace that their
// builds read: compilers' and bundlers' common settings.
func (p *planner) rootFiles() []string {
	if p.place() == p.manager.root {
		return nil
	}
	entries, err := readDir(p.Tree, p.manager.root)
	if err != nil {
		return nil
	}
	var files []string
	for _, name := range entries {
		file := path.Join(p.manager.root, name)
		if !repo.IsFile(p.Tree, file) || !slices.Contains([]string{".json", ".js", ".cjs", ".mjs", ".ts", ".yaml"}, path.Ext(name)) && !strings.HasPrefix(name, ".babel") && !strings.HasPrefix(name, ".browserslist") {
			continue
		}
		if name != pnpmWorkspaceFile && slices.Contains(append(p.toolFiles(), "slipway.yaml"), name) || strings.Contains(name, "docker-compose") || strings.HasPrefix(name, ".") && !strings.HasPrefix(name, ".b") {
			continue
		}
		files = append(files, file)
	}
	return files
}

// buildSource is what the build sees: everything but papers, since compilers
// look at tests too.
func (p *planner) buildSource() *slipway.Source {
	if len(p.Declared.Inputs) > 0 {
		return &slipway.Source{Include: repo.Literals(p.declaredInputs()), Exclude: []string{".git", "**/node_modules"}}
	}
	s := &slipway.Source{Exclude: append(p.here(p.papers()), ".git", "**/node_modules")}
	if dirs := p.dirs(); dirs[0] != "." {
		s.Include = repo.Literals(sortedNames(slices.Concat(dirs, p.rootFiles(), p.runnerFiles(), []string{path.Join(p.manager.root, packageFile)})))
	}
	return s
}

// programSource is what the image gets of a service that is not built.
func (p *planner) programSource() *slipway.Source {
	s := &slipway.Source{Exclude: append(p.leftOut(), ".git")}
	if len(p.Declared.Inputs) > 0 {
		s.Include = repo.Literals(p.declaredInputs())
	} else if dirs := p.dirs(); dirs[0] != "." {
		s.Include = repo.Literals(dirs)
	}
	return s
}

// leftOut are the patterns of what the image does not get.
func (p *planner) leftOut() []string {
	return slices.Concat(p.here(slices.Concat(p.papers(), p.toolFiles(), p.tests())), ofDevelopers())
}

// tests are the directories of tests, unless the program uses a directory of
// such a name.
func (p *planner) tests() []string {
	var dirs []string
	for _, name := range []string{"test", "tests", "spec", "e2e"} {
		if !p.sources.mentions("/"+name) && !p.sources.mentions("'"+name+"'") && !p.sources.mentions(`"`+name+`"`) {
			dirs = append(dirs, name)
		}
	}
	return dirs
}

// here are patterns that hold in the directories of the service.
func (p *planner) here(patterns []string) []string {
	var all []string
	for _, dir := range p.dirs() {
		for _, pattern := range patterns {
			all = append(all, below(dir, pattern))
		}
	}
	return all
}

// inputs are the files that can change the image: those of the steps and of
// the layers.
func (p *planner) inputs() []string {
	if len(p.Declared.Inputs) > 0 {
		return sortedNames(slices.Concat(p.declaredInputs(), p.manifests()))
	}
	var inputs []string
	if dirs := p.dirs(); dirs[0] == "." {
		inputs = []string{"."}
	} else {
		inputs = sortedNames(slices.Concat(dirs, p.manifests(), p.rootFiles(), p.runnerFiles()))
	}
	except := append(p.here(p.papers()), "**/node_modules")
	if !p.build.needed() && p.Declared.Tests == nil {
		except = p.leftOut()
		except = slices.DeleteFunc(except, func(pattern string) bool { return p.isManifest(pattern) })
	}
	for _, pattern := range except {
		inputs = append(inputs, "!"+pattern)
	}
	return inputs
}

// isManifest tells whether a pattern would take a file out that decides what
// is installed.
func (p *planner) isManifest(pattern string) bool {
	base := path.Base(pattern)
	return slices.ContainsFunc(p.manifests(), func(name string) bool { return path.Base(name) == base })
}

// declaredInputs adds the service's own directory's package.json, without
// which nothing can be done.
func (p *planner) declaredInputs() []string {
	return sortedNames(append(slices.Clone(p.Declared.Inputs), p.pkg.file()))
}

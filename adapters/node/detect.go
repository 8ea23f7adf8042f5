package node

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// onlyTools tells that a package.json makes no service: it holds what
// developers use (formatters, hooks), or builds the page of a service in
// another language that lies beside it.
func onlyTools(s repo.Service, pkg *pkg) bool {
	if pkg.startScript() != "" || pkg.bin() != "" {
		return false
	}
	if slices.ContainsFunc(entryNames(), func(name string) bool { return repo.IsFile(s.Tree, path.Join(s.Dir, name)) }) {
		return false
	}
	if s.Main != "" || s.Declared.Main != "" || s.Declared.Commands.Start.Given() {
		return otherLanguage(s) != "" && s.Declared.Language == ""
	}
	if otherLanguage(s) != "" {
		return true
	}
	return len(pkg.Dependencies) == 0 && pkg.Scripts["build"] == "" && !buildsPages(pkg) && pkg.workspaces() == nil &&
		!repo.IsFile(s.Tree, path.Join(s.Dir, pnpmWorkspaceFile)) && !repo.IsFile(s.Tree, path.Join(s.Dir, nxFile))
}

// buildsPages tells that a script, whatever its name, runs the build of a
// framework of pages: those of documents are often docs:build.
func buildsPages(pkg *pkg) bool {
	return slices.ContainsFunc(frameworks(), func(f framework) bool {
		return f.page && pkg.has(f.pkg) && slices.ContainsFunc(slices.Collect(maps.Values(pkg.Scripts)), func(line string) bool { return strings.Contains(line, f.build) })
	})
}

// otherLanguage is the file that shows that the directory is a service of
// another language, "" when there is none.
func otherLanguage(s repo.Service) string {
	for _, name := range []string{"go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "pyproject.toml", "requirements.txt", "manage.py", "Pipfile", "Cargo.toml", "Gemfile", "composer.json"} {
		if repo.IsFile(s.Tree, path.Join(s.Dir, name)) {
			return name
		}
	}
	return ""
}

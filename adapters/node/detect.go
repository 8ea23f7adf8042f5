package node

import (
	"path"
	"slices"

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
	return len(pkg.Dependencies) == 0 && pkg.Scripts["build"] == "" && pkg.workspaces() == nil &&
		!repo.IsFile(s.Tree, path.Join(s.Dir, pnpmWorkspaceFile))
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

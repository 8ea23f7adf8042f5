package static

import (
	"fmt"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// usual are the directories below the service's that hold a finished site
// when the service's own has no index page. docs is not among them: it
// mostly tells about the service and is not it.
func usual() []string { return []string{"public", "dist", "site", "www"} }

// candidates are the directories of the tree that could be served. An index
// page in the service's own directory leaves no choice.
func candidates(s repo.Service) []string {
	if repo.IsFile(s.Tree, path.Join(s.Dir, indexFile)) {
		return []string{s.Dir}
	}
	var found []string
	for _, name := range usual() {
		if dir := path.Join(s.Dir, name); repo.IsFile(s.Tree, path.Join(dir, indexFile)) {
			found = append(found, dir)
		}
	}
	return found
}

// findRoot gives the directory of the tree that is served.
func findRoot(s repo.Service) (string, []slipway.Evidence, error) {
	if s.Declared.Root != "" {
		return declaredRoot(s)
	}
	found := candidates(s)
	switch len(found) {
	case 0:
		return "", nil, slipway.Errorf(slipway.CodeNotFound, "no index page was found in %s", repo.Show(s.Dir)).
			WithHint("write `root: DIRECTORY` in %s", manifest.Name)
	case 1:
		return found[0], []slipway.Evidence{{
			File: path.Join(found[0], indexFile), Found: "an index page",
			Means: "the directory " + repo.Show(found[0]) + " is served", Knob: "root: " + below(s.Dir, found[0]),
		}}, nil
	}
	lines := make([]string, len(found))
	for i, dir := range found {
		lines[i] = fmt.Sprintf("%s: chosen by `root: %s` in %s", repo.Quote(path.Join(dir, indexFile)), below(s.Dir, dir), manifest.Name)
	}
	return "", nil, slipway.Errorf(slipway.CodeAmbiguous, "%d directories in %s have an index page", len(found), repo.Show(s.Dir)).
		WithHint("say which one is served").WithDetails(lines...).WithClass(slipway.ClassCode)
}

func declaredRoot(s repo.Service) (string, []slipway.Evidence, error) {
	root, line := path.Join(s.Dir, s.Declared.Root), s.Declared.Line("root")
	if !repo.IsDir(s.Tree, root) {
		return "", nil, slipway.Errorf(slipway.CodeNotFound, "%s:%d: the repository has no directory %s", manifest.Name, line, repo.Quote(root)).
			WithHint("root is relative to the service's directory; a site that is built first needs the language that builds it").
			WithClass(slipway.ClassCode)
	}
	return root, []slipway.Evidence{{
		File: manifest.Name, Line: line, Found: "root: " + s.Declared.Root, Means: "the directory " + repo.Show(root) + " is served",
	}}, nil
}

// below is a directory as slipway.yaml names it: from the service's own.
func below(dir, name string) string {
	if name == dir {
		return "."
	}
	if dir == "." {
		return name
	}
	return strings.TrimPrefix(name, dir+"/")
}

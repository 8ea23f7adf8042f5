package static

import (
	"bytes"
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// selection is what of the directory gets into the image: not what is about
// the repository instead of the site, and nothing whose name begins with a
// dot, but .well-known (RFC 8615), which is there to be asked for.
func selection(s repo.Service, root string) *slipway.Source {
	in := func(pattern string) string { return path.Join(repo.Literal(root), pattern) }
	files := &slipway.Source{Exclude: []string{in(".*"), in("**/.*")}}
	for _, name := range own() {
		files.Exclude = append(files.Exclude, in(name))
	}
	for _, name := range tests() {
		files.Exclude = append(files.Exclude, in(name))
	}
	if !servesMarkdown(s, root) {
		files.Exclude = append(files.Exclude, in("README*"), in("CHANGELOG*"), in("CONTRIBUTING*"))
	}
	files.Exclude = append(files.Exclude, "!"+in(".well-known"))
	if root != "." {
		files.Include = []string{repo.Literal(root)}
	}
	return files
}

// own are files of a repository that a site does not show.
func own() []string {
	return []string{
		"LICENSE*", "slipway.yaml", "Dockerfile*", "Containerfile*", "docker-compose*", "compose.y*ml",
		"Makefile", "Jenkinsfile", "netlify.toml", "vercel.json", "firebase.json", "nginx.conf", "CNAME",
	}
}

// tests are what the image contract calls tests, and logs.
func tests() []string {
	return []string{"**/__tests__", "**/*.test.js", "**/*.test.mjs", "**/*.spec.js", "**/*.spec.mjs", "**/*.log"}
}

// servesMarkdown tells whether the index page shows Markdown files by itself,
// as Docsify does.
func servesMarkdown(s repo.Service, root string) bool {
	page, found, err := repo.Read(s.Tree, path.Join(root, indexFile))
	return err == nil && found && (bytes.Contains(page, []byte("docsify")) || bytes.Contains(page, []byte(".md")))
}

// inputs are what can change the image.
func inputs(root string, exclude []string) []string {
	all := []string{root}
	for _, pattern := range exclude {
		all = append(all, "!"+pattern)
	}
	return all
}

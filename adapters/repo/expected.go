package repo

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Expected says that a program is made of a directory of the tree which a
// front end's build makes.
type Expected struct {
	Evidence slipway.Evidence // without Means
	AtRun    bool             // it reads the files when it runs; they are no part of the compiled program
}

// Rel is a name of the tree as seen from one of its directories, with .. for
// the way up.
func Rel(dir, name string) string {
	from, to := strings.Split(path.Clean(dir), "/"), strings.Split(path.Clean(name), "/")
	if from[0] == "." {
		from = nil
	}
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return path.Join(append(slices.Repeat([]string{".."}, len(from)), to...)...)
}

// Empty tells whether a directory of the tree is missing or has nothing but
// what keeps it in version control.
func Empty(tree fs.FS, dir string) bool {
	entries, err := fs.ReadDir(tree, dir)
	return err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !slices.Contains([]string{".gitkeep", ".keep", ".gitignore", ".gitattributes", "README.md", "README"}, e.Name())
	})
}

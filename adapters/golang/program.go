package golang

import (
	"path"
	"path/filepath"
)

// program is a main package of the tree.
type program struct {
	dir string // its directory in the tree
}

// target is how the go command is told to build it from the directory root:
// "./cmd/api".
func (m program) target(root string) string {
	rel, err := filepath.Rel(root, m.dir)
	if err != nil || rel == "." {
		return "."
	}
	return "./" + path.Clean(rel)
}

func (p *planner) findMain() error     { p.main = program{dir: p.Dir}; return nil }
func (p *planner) readPackages() error { return nil }
func (p *planner) findBase() error     { return nil }

type pkg struct{}

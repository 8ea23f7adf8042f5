package golang

import (
	"go/build"
	"path"
	"strings"
)

// pkg is a package of the tree that the program is made of.
type pkg struct {
	*build.Package
	dir string
}

// readPackages follows the imports from the program through the packages of
// the tree, by the constraints of linux/amd64 with cgo, which shows every
// file that could take part. A package that cannot be read is left to the
// compiler, which says better what is wrong with it.
func (p *planner) readPackages() error {
	ctx := p.buildContext(true)
	seen := map[string]bool{p.main.dir: true}
	queue := []string{p.main.dir}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		found, err := ctx.ImportDir(dir, 0)
		if found == nil || (err != nil && len(found.GoFiles)+len(found.CgoFiles) == 0) {
			continue
		}
		p.packages = append(p.packages, &pkg{Package: found, dir: dir})
		for _, imported := range found.Imports {
			if next, ok := p.layout.find(imported); ok && !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return p.checkInputs()
}

// importedAt is where a package imports another, as evidence.
func (p *pkg) importedAt(importPath string) (file string, line int) {
	positions := p.ImportPos[importPath]
	if len(positions) == 0 {
		return p.dir, 0
	}
	return path.Join(p.dir, path.Base(positions[0].Filename)), positions[0].Line
}

// under tells whether name is dir or below it.
func under(name, dir string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

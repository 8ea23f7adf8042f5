package golang

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Files of the go command.
const (
	modFile    = "go.mod"
	sumFile    = "go.sum"
	workFile   = "go.work"
	workSum    = "go.work.sum"
	vendorList = "vendor/modules.txt"
)

// layout is how the modules that the service is made of lie in the tree.
type layout struct {
	root       string            // where the go command runs: the directory of go.work, or of the only module
	work       *modfile.WorkFile // nil outside a workspace
	mains      []module          // the workspace's modules, or the only one
	service    string            // directory of the service's own module; "" when it is the workspace itself
	replaced   []module          // directories of the tree that stand for a required module
	vendored   bool              // dependencies are in root/vendor
	vendorList string            // what vendor/modules.txt says
}

// has tells whether dir is that of a main module.
func (l layout) has(dir string) bool {
	return slices.ContainsFunc(l.mains, func(m module) bool { return m.dir == dir })
}

// provides tells whether a module path is a directory of the tree.
func (l layout) provides(modulePath string) bool {
	return slices.ContainsFunc(l.local(), func(m module) bool { return m.path == modulePath })
}

// find gives the directory of a package whose module is in the tree.
func (l layout) find(importPath string) (dir string, ok bool) {
	longest := -1
	for _, m := range l.local() {
		rest, found := strings.CutPrefix(importPath, m.path)
		if found && (rest == "" || rest[0] == '/') && len(m.path) > longest {
			longest, dir, ok = len(m.path), path.Join(m.dir, rest), true
		}
	}
	return dir, ok
}

// local lists every module whose packages are files of the tree.
func (l layout) local() []module { return slices.Concat(l.mains, l.replaced) }

// goWork is the value of GOWORK.
func (l layout) goWork() string {
	if l.work == nil {
		return "off"
	}
	return path.Join(sourceDir, l.root, workFile)
}

// manifests are the files of the tree that decide which modules are
// downloaded.
func (l layout) manifests() []string {
	var files []string
	if l.work != nil {
		files = append(files, path.Join(l.root, workFile), path.Join(l.root, workSum))
	}
	for _, m := range l.mains {
		files = append(files, m.manifest(), path.Join(m.dir, sumFile))
	}
	for _, m := range l.replaced {
		files = append(files, m.manifest())
	}
	slices.Sort(files)
	return slices.Compact(files)
}

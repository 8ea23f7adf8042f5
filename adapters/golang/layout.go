package golang

import (
	"path"
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
	root     string            // where the go command runs: the directory of go.work, or of the only module
	work     *modfile.WorkFile // nil outside a workspace
	mains    []module          // the workspace's modules, or the only one
	replaced []module          // directories of the tree that stand for a required module
	vendored bool              // dependencies are in root/vendor
	ignored  string            // a go.work that the service's module is not part of; "" none
}

// module is a directory with a go.mod.
type module struct {
	dir  string
	path string // module path
	file *modfile.File
}

// manifest is the module's go.mod in the tree.
func (m module) manifest() string { return path.Join(m.dir, modFile) }

// goWork is the value of GOWORK.
func (l layout) goWork() string {
	if l.work == nil {
		return "off"
	}
	return path.Join(sourceDir, l.root, workFile)
}

// manifests are the files that decide which modules are downloaded, as
// patterns.
func (l layout) manifests() []string {
	var files []string
	if l.work != nil {
		files = append(files, literal(path.Join(l.root, workFile)), literal(path.Join(l.root, workSum)))
	}
	for _, m := range l.mains {
		files = append(files, literal(m.manifest()), literal(path.Join(m.dir, sumFile)))
	}
	for _, m := range l.replaced {
		files = append(files, literal(m.manifest()))
	}
	return files
}

// local lists every module whose packages are files of the tree.
func (l layout) local() []module {
	return append(l.mains[:len(l.mains):len(l.mains)], l.replaced...)
}

// literal makes a pattern that matches one name (moby/patternmatcher).
func literal(name string) string {
	name = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	if strings.HasPrefix(name, "!") {
		return `\` + name
	}
	return name
}

package golang

import (
	"bytes"
	"go/build"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// buildContext is the go command's view of the tree for linux/amd64. Test
// files are not in it: no plan depends on them. cgo tells whether the
// constraint "cgo" holds.
func (p *planner) buildContext(cgo bool) *build.Context {
	return &build.Context{
		GOOS: "linux", GOARCH: "amd64", Compiler: "gc",
		CgoEnabled:  cgo,
		BuildTags:   p.Declared.Tags,
		ToolTags:    slices.Concat(build.Default.ToolTags, p.experimentTags()),
		ReleaseTags: build.Default.ReleaseTags,
		JoinPath:    path.Join,
		IsAbsPath:   path.IsAbs,
		IsDir:       func(name string) bool { return repo.IsDir(p.Tree, name) },
		HasSubdir:   func(string, string) (string, bool) { return "", false },
		ReadDir:     p.goFiles,
		OpenFile:    p.openGo,
	}
}

// goFiles lists what a package can be made of.
func (p *planner) goFiles(dir string) ([]fs.FileInfo, error) {
	entries, err := fs.ReadDir(p.Tree, dir)
	if err != nil {
		return nil, err
	}
	var infos []fs.FileInfo
	for _, e := range entries {
		if isGo(e) {
			infos = append(infos, entry{e})
		}
	}
	return infos, nil
}

// isGo tells whether a file can be part of a program. A link is, as for the
// go command; it is read or found missing when it is opened.
func isGo(e fs.DirEntry) bool {
	return !e.IsDir() && strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go")
}

// entry is a directory entry as far as package build looks at it: without
// the call that size and time would cost for each file.
type entry struct{ fs.DirEntry }

func (e entry) Size() int64        { return 0 }
func (e entry) Mode() fs.FileMode  { return e.Type() }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) Sys() any           { return nil }

// openGo reads each file once: finding main packages and reading imports
// often look at the same ones.
func (p *planner) openGo(name string) (io.ReadCloser, error) {
	data, err := p.readGo(name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (p *planner) readGo(name string) ([]byte, error) {
	if data, ok := p.read[name]; ok {
		return data, nil
	}
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fs.ErrNotExist
	}
	p.read[name] = data
	return data, nil
}

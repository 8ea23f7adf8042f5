package golang

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// search looks for main packages below a directory.
type search struct {
	*planner
	build *build.Context
	from  string   // the directory that the search began in
	mains []string // directories in the tree
	aside []string // main packages that are never a service unless somebody names them
	other []string // packages that are not main, at most maxListed
}

// search walks a module, without the modules nested in it.
func (p *planner) search(from string) (*search, error) {
	s := &search{planner: p, build: p.buildContext(true), from: from}
	err := fs.WalkDir(p.Tree, from, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == from:
			return err
		case err != nil:
			return fs.SkipDir // what cannot be listed cannot be built either
		case !e.IsDir():
			return nil
		case name != from && (skipped(e.Name()) || repo.IsFile(p.Tree, path.Join(name, modFile))):
			return fs.SkipDir
		}
		s.visit(name)
		return nil
	})
	return s, err
}

// skipped are directories that the go command's ./... leaves out, and one
// that holds other people's files.
func skipped(name string) bool {
	return name[0] == '.' || name[0] == '_' || name == "testdata" || name == "vendor" || name == "node_modules"
}

func (s *search) visit(dir string) {
	switch name := s.packageName(s.build, dir); {
	case name == "main" && s.isAside(dir):
		s.aside = append(s.aside, dir)
	case name == "main":
		s.mains = append(s.mains, dir)
	case name != "" && len(s.other) < maxListed:
		s.other = append(s.other, dir)
	}
}

// isAside tells whether a directory is, by custom, one of programs for the
// developers themselves.
func (s *search) isAside(dir string) bool {
	rel := strings.TrimPrefix(relative(s.from, dir), "internal/")
	first, _, _ := strings.Cut(rel, "/")
	return slices.Contains([]string{"tools", "hack", "scripts", "example", "examples"}, first)
}

// packageName is the name of the package in a directory, "" when there is
// none for linux/amd64. It reads as little as it can: the first file that
// takes part decides.
func (p *planner) packageName(ctx *build.Context, dir string) string {
	files, err := p.goFiles(dir)
	if err != nil {
		return ""
	}
	for _, f := range files {
		data, err := p.readGo(path.Join(dir, f.Name()))
		if err != nil {
			continue
		}
		clause, err := parser.ParseFile(token.NewFileSet(), "", data, parser.PackageClauseOnly)
		if err != nil || clause.Name.Name == "documentation" {
			continue
		}
		if match, err := ctx.MatchFile(dir, f.Name()); err == nil && match {
			return clause.Name.Name
		}
	}
	return ""
}

// relative is dir as seen from a directory above it.
func relative(from, dir string) string {
	if from == "." || from == dir {
		return strings.TrimPrefix(dir, from+"/")
	}
	return strings.TrimPrefix(dir, from+"/")
}

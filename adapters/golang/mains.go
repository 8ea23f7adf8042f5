package golang

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
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
	entries, err := fs.ReadDir(p.Tree, from)
	if err != nil {
		return nil, err
	}
	s.walk(from, entries)
	return s, nil
}

// walk lists each directory once. One that cannot be listed cannot be built
// either, and is passed over.
func (s *search) walk(dir string, entries []fs.DirEntry) {
	s.visit(dir, entries)
	for _, e := range entries {
		if !e.IsDir() || skipped(e.Name()) {
			continue
		}
		sub := path.Join(dir, e.Name())
		below, err := fs.ReadDir(s.Tree, sub)
		if err != nil || slices.ContainsFunc(below, func(e fs.DirEntry) bool { return e.Name() == modFile && !e.IsDir() }) {
			continue
		}
		s.walk(sub, below)
	}
}

// skipped are directories that the go command's ./... leaves out, and one
// that holds other people's files.
func skipped(name string) bool {
	return name[0] == '.' || name[0] == '_' || name == "testdata" || name == "vendor" || name == "node_modules"
}

func (s *search) visit(dir string, entries []fs.DirEntry) {
	switch name := s.packageOf(s.build, dir, entries); {
	case name == "main" && s.isAside(dir):
		s.aside = append(s.aside, dir)
	case name == "main":
		s.mains = append(s.mains, dir)
	case name != "" && len(s.other) < maxListed:
		s.other = append(s.other, dir)
	}
}

// isAside tells whether a directory below the one that is searched is, by
// custom, one of programs for the developers themselves.
func (s *search) isAside(dir string) bool {
	if dir == s.from {
		return false
	}
	rel := strings.TrimPrefix(relative(s.from, dir), "internal/")
	first, _, _ := strings.Cut(rel, "/")
	return slices.Contains([]string{"tools", "hack", "scripts", "example", "examples", "gen", "generate", "generator", "codegen", "test", "tests", "testing", "e2e", "integration", "mock", "mocks", "bench", "benchmark", "benchmarks", "contrib", "magefiles"}, first)
}

// packageName is the name of the package in a directory, "" when there is
// none for linux/amd64. It reads as little as it can: the first file that
// takes part decides.
func (p *planner) packageName(ctx *build.Context, dir string) string {
	entries, err := fs.ReadDir(p.Tree, dir)
	if err != nil {
		return ""
	}
	return p.packageOf(ctx, dir, entries)
}

func (p *planner) packageOf(ctx *build.Context, dir string, entries []fs.DirEntry) string {
	for _, f := range entries {
		if !isGo(f) {
			continue
		}
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
	return strings.TrimPrefix(dir, from+"/")
}

package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// scope is one repository's view of which files belong to it, with the ignore
// rules met on the way down to one directory. It does not change once made.
// Outside git everything belongs.
type scope struct {
	git      bool
	top      string          // the repository's root in the tree
	files    map[string]bool // tracked
	dirs     map[string]bool // directories with something tracked below
	links    map[string]bool // submodules
	patterns []gitignore.Pattern
}

// scopeOf reads the index and the exclude file of the repository at dir.
func scopeOf(dir, top string) (*scope, error) {
	repo, err := openRepository(dir)
	if err != nil {
		return nil, err
	}
	s := &scope{git: true, top: top, files: map[string]bool{}, dirs: map[string]bool{}, links: map[string]bool{}}
	index, err := repo.Storer.Index()
	if err != nil {
		return nil, err
	}
	for _, e := range index.Entries {
		name := s.path(e.Name)
		if e.Mode == filemode.Submodule {
			s.links[name] = true
		} else {
			s.files[name] = true
		}
		for up := parent(name); up != "." && up != top && !s.dirs[up]; up = parent(up) {
			s.dirs[up] = true
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, ".git", "info", "exclude")); err == nil {
		return s.with(top, text), nil
	}
	return s, nil
}

func openRepository(dir string) (*git.Repository, error) {
	return git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
}

// path of a repository's file in the tree.
func (s *scope) path(name string) string {
	if s.top == "." {
		return name
	}
	return s.top + "/" + name
}

func parent(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return "."
}

// with adds the rules of the .gitignore file of dir.
func (s *scope) with(dir string, text []byte) *scope {
	if !s.git {
		return s
	}
	deeper := *s
	deeper.patterns = slices.Concat(s.patterns, parseIgnore(text, s.domain(dir)))
	return &deeper
}

// domain is a directory's path in its repository, as gitignore wants it.
func (s *scope) domain(dir string) []string {
	if dir == s.top {
		return nil
	}
	if s.top != "." {
		dir = strings.TrimPrefix(dir, s.top+"/")
	}
	return strings.Split(dir, "/")
}

// includes tells whether a file belongs, or a directory may hold some that do.
func (s *scope) includes(name string, dir bool) bool {
	if !s.git || s.files[name] || s.links[name] || dir && s.dirs[name] {
		return true
	}
	at := s.domain(name)
	for _, p := range slices.Backward(s.patterns) {
		if match := p.Match(at, dir); match > gitignore.NoMatch {
			return match == gitignore.Include
		}
	}
	return true
}

// parseIgnore reads a .gitignore file: lines, without the trailing spaces that
// no backslash protects, without comments and a byte order mark.
func parseIgnore(text []byte, domain []string) []gitignore.Pattern {
	var list []gitignore.Pattern
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
			line = strings.TrimSuffix(line, " ")
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		list = append(list, gitignore.ParsePattern(line, domain))
	}
	return list
}

package rust

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// takeData takes a text that is the name of a file or directory beside the
// package's manifest, or at the service's or workspace's root, for one that
// the program reads at run time.
func (s *scan) takeData(name string, n int, text string) {
	text = strings.TrimPrefix(text, "./")
	first, _, deeper := strings.Cut(text, "/")
	if first == "" || len(first) > 60 || strings.ContainsAny(first, " {}:\\$*?") || strings.HasPrefix(first, ".") || slices.Contains(notData(), strings.ToLower(first)) {
		return
	}
	for _, dir := range []string{s.pkg.dir, s.Dir, s.workspace.root} {
		found := path.Join(dir, first)
		all := slices.DeleteFunc(append([]string{found}, s.settings(found)...), func(name string) bool { return !s.isData(name, deeper) })
		if len(all) == 0 {
			continue
		}
		found = all[0]
		if _, seen := s.sources.reads[found]; !seen {
			s.sources.reads[found] = slipway.Evidence{File: name, Line: n, Found: cut(text), Means: repo.Quote(found) + " is read at run time: it is in the image, in " + appDir}
		}
		return
	}
}

func cut(text string) string { return text[:min(len(text), 80)] }

// notData are names beside a manifest that no program reads.
func notData() []string {
	return []string{"src", "target", "tests", "benches", "examples", "cargo.toml", "cargo.lock", "build.rs", "readme.md", "dockerfile", "makefile", "slipway.yaml", "node_modules", "vendor", "crates", "license"}
}

// isData tells whether a name is of files that a program may read: not a
// package, not sources.
func (s *scan) isData(name string, deeper bool) bool {
	if repo.IsFile(s.Tree, name) {
		return !deeper && slices.Contains([]string{".toml", ".yaml", ".yml", ".json", ".html", ".txt", ".ini", ".csv", ".ron", ".ftl"}, path.Ext(name))
	}
	if !repo.IsDir(s.Tree, name) {
		return false
	}
	for dir := range s.workspace.packages {
		if under(dir, name) {
			return false
		}
	}
	entries, err := fs.ReadDir(s.Tree, name)
	return err == nil && len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return path.Ext(e.Name()) == ".rs" })
}

// readByCustom adds what frameworks read without being told.
func (p *planner) readByCustom() {
	for _, c := range []struct{ crate, name string }{
		{"rocket", "Rocket.toml"}, {"rocket_dyn_templates", "templates"}, {"loco-rs", "config"}, {"config", "config"},
	} {
		if _, uses := p.crates[c.crate]; !uses {
			continue
		}
		for _, dir := range []string{p.main.dir(), p.Dir} {
			name := path.Join(dir, c.name)
			if exists(p.Tree, name) && !slices.ContainsFunc(p.needed, func(k *pkg) bool { return under(k.dir, name) }) {
				if _, seen := p.sources.reads[name]; !seen {
					p.sources.reads[name] = slipway.Evidence{File: name, Found: c.name, Means: "read by " + c.crate + " at run time: it is in the image, in " + appDir}
				}
				break
			}
		}
	}
}

// dir of the program's package, "." when there is none.
func (m program) dir() string {
	if m.pkg == nil {
		return "."
	}
	return cmp.Or(m.pkg.dir, ".")
}

// settings are the files that a text without an ending may mean, where the
// crate config is used: it tries every form that it knows.
func (s *scan) settings(name string) []string {
	if _, uses := s.crates["config"]; !uses || path.Ext(name) != "" {
		return nil
	}
	var files []string
	for _, ext := range []string{".toml", ".yaml", ".yml", ".json", ".ini", ".ron", ".json5"} {
		files = append(files, name+ext)
	}
	return files
}

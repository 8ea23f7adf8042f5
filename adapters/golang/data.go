package golang

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// datum is a file or directory of the tree that the program reads at run
// time, and where it looks for it: below the directory that it is started
// in, which is /app in the image.
type datum struct {
	base string // directory of the tree that stands for /app
	name string // below it
}

// findData looks in the program's packages for texts that name files beside
// it: templates, migrations, configuration. Without them it would end where
// `go run` does not. What is embedded is in the program already.
func (p *planner) findData() error {
	sources, whole := p.parsed()
	p.signs.partly = !whole
	p.readSigns(sources)
	all := texts(sources)
	p.notePort(sources, all)
	p.noteHealth(sources, all)
	looked := map[string]bool{}
	for _, t := range all {
		if looked[t.text] {
			continue
		}
		looked[t.text] = true
		d, ok := p.datumOf(t.text)
		for _, ext := range p.viperForms(t.text) {
			if !ok {
				d, ok = p.datumOf(t.text + ext)
			}
		}
		if ok && !slices.ContainsFunc(p.data, func(other datum) bool { return under(d.name, other.name) }) {
			p.data = append(p.data, d)
			name := path.Join(d.base, d.name)
			p.note(slipway.Evidence{File: t.file, Line: t.line, Found: t.text[:min(len(t.text), 80)], Means: repo.Quote(name) + " is read at run time: it is in the image, in " + path.Join(appDir, path.Dir(d.name))})
		}
	}
	return nil
}

// viperForms are the endings that Viper tries of a text that may be a file's
// name without one.
func (p *planner) viperForms(text string) []string {
	if path.Ext(text) != "" || !slices.ContainsFunc(p.packages, func(k *pkg) bool { return slices.Contains(k.Imports, "github.com/spf13/viper") }) {
		return nil
	}
	return []string{".yaml", ".yml", ".json", ".toml", ".env", ".ini"}
}

// bases are the directories in which a developer starts the program.
func (p *planner) bases() []string {
	all := []string{p.Dir, p.main.dir}
	if p.layout.service != "" {
		all = append(all, p.layout.service)
	}
	return append(all, p.layout.root)
}

// datumOf is what a text names, as far as it holds no pattern.
func (p *planner) datumOf(text string) (datum, bool) {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "file://"), "./")
	fixed, pattern := text, strings.IndexAny(text, "*?[{%$")
	if pattern >= 0 {
		fixed, _ = path.Split(text[:pattern])
	}
	fixed = strings.TrimSuffix(fixed, "/")
	if fixed == "." || !fs.ValidPath(fixed) || strings.HasPrefix(fixed, ".") || strings.ContainsAny(fixed, " :\\\n") {
		return datum{}, false
	}
	for _, base := range p.bases() {
		if d, ok := p.dataAt(datum{base, fixed}); ok {
			return d, true
		}
	}
	return datum{}, false
}

// dataAt takes a directory, and of a file the directory that it is in: names
// of its neighbours are often put together at run time.
func (p *planner) dataAt(d datum) (datum, bool) {
	name := path.Join(d.base, d.name)
	switch {
	case d.name == p.name() || p.embedded(name) || !p.isInput(name):
		return d, false
	case repo.IsDir(p.Tree, name):
		return d, p.holdsData(name) && !slices.Contains(forDevelopers(), d.name)
	case !repo.IsFile(p.Tree, name):
		return d, false
	}
	if dir := path.Dir(d.name); dir != "." && p.holdsData(path.Dir(name)) {
		return datum{d.base, dir}, true
	}
	return d, slices.Contains([]string{".yaml", ".yml", ".toml", ".json", ".ini", ".conf", ".html", ".tmpl", ".txt", ".csv", ".sql"}, path.Ext(name))
}

// isInput tells whether the build sees a name.
func (p *planner) isInput(name string) bool {
	declared := p.Declared.Inputs
	return len(declared) == 0 || slices.ContainsFunc(declared, func(in string) bool { return under(name, in) })
}

// holdsData tells whether a directory is one of files that a program may
// read: neither sources of Go nor of another program.
func (p *planner) holdsData(dir string) bool {
	entries, err := fs.ReadDir(p.Tree, dir)
	return err == nil && len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return path.Ext(e.Name()) == ".go" || slices.Contains([]string{modFile, "package.json", "Cargo.toml", "pom.xml"}, e.Name())
	})
}

// embedded tells whether a directive puts all of it into the program.
func (p *planner) embedded(name string) bool {
	return slices.ContainsFunc(p.embeds(), func(embed string) bool { return under(name, embed) })
}

// embeds are what the packages embed: files, and directories of which at
// least some are.
func (p *planner) embeds() []string {
	var names []string
	for _, k := range p.packages {
		for _, pattern := range k.EmbedPatterns {
			pattern = strings.TrimPrefix(pattern, "all:")
			if at := strings.IndexAny(pattern, "*?["); at >= 0 {
				pattern = path.Dir(pattern[:at] + "x")
			}
			names = append(names, path.Join(k.dir, pattern))
		}
	}
	return names
}

// onlyRead are patterns of what the compiler need not see, so that a changed
// template compiles nothing: files in which there is no package, no module and
// nothing that is embedded. With cgo or a command of one's own nobody knows.
func (p *planner) onlyRead() []string {
	if p.cgo || p.custom() {
		return nil
	}
	needed := p.embeds()
	for _, k := range p.packages {
		needed = append(needed, k.dir)
	}
	for _, m := range p.layout.local() {
		needed = append(needed, m.dir)
	}
	var names []string
	for _, d := range p.data {
		name := path.Join(d.base, d.name)
		if !slices.ContainsFunc(needed, func(n string) bool { return under(n, name) }) {
			names = append(names, name)
		}
	}
	return repo.Literals(names)
}

// forDevelopers are directories whose names are everyday words, and which no
// program reads.
func forDevelopers() []string {
	return []string{"vendor", "testdata", "test", "tests", "docs", "scripts", "build", "deploy", "deployments", "tools", "bin", "tmp", "log", "logs", "hack", "node_modules", "cmd", "internal", "pkg"}
}

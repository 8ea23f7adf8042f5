package rust

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Most of the sources that are looked at, in files: a plan takes 100 ms.
const maxSources = 2000

// findings are what the sources of the program say about how it lives.
type findings struct {
	addresses
	readsPort      bool // the variable PORT is named
	health         slipway.Evidence
	healthPath     string
	files          []string // of the tree, that the program reads at run time
	reads          map[string]slipway.Evidence
	mentionsPapers bool             // a file like README.md or LICENSE is named
	listens        slipway.Evidence // something is bound to an address
	grpc           bool             // a server of gRPC is made
	loops          slipway.Evidence // a loop that nothing leaves
	word           slipway.Evidence // something that speaks of serving
	command        slipway.Evidence // sub-commands, of which one serves
	serve          string           // that one
	count          int
}

// readSources looks through the sources of the program's packages for what a
// manifest does not say. It only ever adds to what Cargo would do.
func (p *planner) readSources() error {
	p.sources.reads, p.sources.addresses = map[string]slipway.Evidence{}, newAddresses()
	for _, k := range p.needed {
		sub := &scan{planner: p, pkg: k}
		_ = fs.WalkDir(p.Tree, k.dir, sub.visit) // what cannot be listed is not scanned
	}
	if p.sources.count >= maxSources {
		p.sources.mentionsPapers = true
	}
	p.readByCustom()
	p.sources.files = slices.Sorted(maps.Keys(p.sources.reads))
	for _, name := range p.sources.files {
		p.note(p.sources.reads[name])
	}
	p.noteAddress()
	return nil
}

// scan is a walk through one package.
type scan struct {
	*planner
	pkg *pkg
}

func (s *scan) visit(name string, e fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return fs.SkipDir
	case s.sources.count >= maxSources:
		return fs.SkipAll
	case e.IsDir():
		if name != s.pkg.dir && (skipped(e.Name()) || s.workspace.packages[name] != nil) {
			return fs.SkipDir
		}
		return nil
	case path.Ext(name) != ".rs" || name == path.Join(s.pkg.dir, s.pkg.buildScript(s.Tree)):
		return nil // a build script reads while it is built
	}
	data, _, err := repo.Read(s.Tree, name)
	if err != nil {
		return nil //nolint:nilerr // the compiler says what is wrong with it
	}
	s.sources.count++
	s.sources.mentionsPapers = s.sources.mentionsPapers || has(string(data), ".md\"", "LICENSE")
	text := withoutTests(string(data))
	s.sources.loop(name, text)
	s.sources.readHost(name, text)
	s.sources.commands(name, text)
	n := 0
	for line := range strings.Lines(text) {
		n++
		s.line(name, n, strings.TrimSpace(line))
	}
	return nil
}

var testModule = regexp.MustCompile(`(?m)^#\[cfg\(test\)\]\s*\n\s*(?:pub\s+)?mod\s+\w+\s*\{`)

// withoutTests is a source up to the module of its tests, which by custom
// stands at its end.
func withoutTests(text string) string {
	if at := testModule.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

// skipped are directories that hold no source of the program.
func skipped(name string) bool {
	return name[0] == '.' || slices.Contains([]string{"target", "tests", "benches", "examples", "node_modules", "vendor"}, name)
}

var fromArgs = regexp.MustCompile(`#\[(arg|clap|structopt)\(.*\benv\b\s*[,)]`)

func (s *scan) line(name string, n int, line string) {
	if line == "" || strings.HasPrefix(line, "//") && !strings.Contains(line, "include_str!") {
		return
	}
	f := &s.sources
	f.readsPort = f.readsPort || strings.Contains(line, `"PORT"`) || fromArgs.MatchString(line)
	f.signs(name, n, line)
	embeds := slices.ContainsFunc([]string{"include", "migrate!", "migrations!", "folder"}, func(w string) bool { return strings.Contains(line, w) })
	for _, text := range literalsOf(line) {
		f.text(name, n, text, near(line))
		if !embeds {
			s.takeData(name, n, text)
		}
	}
}

// text looks at one text in quotes.
func (f *findings) text(name string, n int, text, said string) {
	f.addresses.text(name, n, text, said)
	if repo.HealthRank(text) > repo.HealthRank(f.healthPath) {
		f.healthPath, f.health = text, slipway.Evidence{File: name, Line: n, Found: text}
	}
}

// literalsOf gives the texts in quotes of a line of Rust.
func literalsOf(line string) []string {
	var found []string
	for {
		_, rest, ok := strings.Cut(line, `"`)
		if !ok {
			return found
		}
		text, after, ok := strings.Cut(rest, `"`)
		if !ok {
			return found
		}
		if text != "" {
			found = append(found, text)
		}
		line = after
	}
}

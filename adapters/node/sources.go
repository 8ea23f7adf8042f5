package node

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// sources is what the service's own program text shows.
type sources struct {
	npm      npmLock
	pnpmLock string // version of the lockfile
	text     []sourceText
	bytes    int  // of it
	partly   bool // there is more than was read
}

type sourceText struct {
	file string // in the tree
	text string
}

// Bounds of what is read of a service's sources: they only give hints, and a
// plan takes less than 100 ms.
const (
	maxSources = 400
	maxSource  = 256 << 10 // bytes of a file; larger ones are bundles
	maxAll     = 4 << 20
)

// readSources reads the program's text, without tests, built files and pages.
func (p *planner) readSources() error { return p.sources.read(p.Tree, p.place()) }

func (s *sources) read(tree fs.FS, root string) error {
	return fs.WalkDir(tree, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // whoever needs the file says what is wrong with it
		}
		if d.IsDir() {
			if name != root && aside(d.Name(), path.Dir(name) == root) {
				return fs.SkipDir
			}
			return nil
		}
		if !isScript(name) || isTest(name) {
			return nil
		}
		if len(s.text) >= maxSources || s.bytes > maxAll {
			s.partly = true
			return fs.SkipAll
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxSource {
			return nil //nolint:nilerr // as above
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		s.bytes += len(data)
		s.text = append(s.text, sourceText{name, string(data)})
		return nil
	})
}

func notSources() []string {
	return []string{"node_modules", "test", "tests", "__tests__", "e2e", "cypress", "coverage", "public", "static", "docs", "vendor"}
}

// aside tells whether a directory has no sources of the program.
func aside(name string, top bool) bool {
	return strings.HasPrefix(name, ".") || slices.Contains(notSources(), name) || top && slices.Contains(builtDirs(), name)
}

// builtDirs are what builds make beside the sources; among those, people have
// code of their own below such names.
func builtDirs() []string { return []string{"dist", "build"} }

func isScript(name string) bool {
	return slices.Contains([]string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"}, path.Ext(name)) && !strings.HasSuffix(name, ".d.ts")
}

func isTest(name string) bool {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || strings.Contains(name, "__tests__/")
}

// mentions tells whether the sources have a text.
func (s sources) mentions(text string) bool {
	return slices.ContainsFunc(s.text, func(f sourceText) bool { return strings.Contains(f.text, text) })
}

// first gives the first of some texts that the sources have, in the files'
// order.
func (s sources) first(texts ...string) slipway.Evidence {
	for _, f := range s.text {
		for _, text := range texts {
			if at := indexCall(f.text, text); at >= 0 {
				return f.at(at, strings.TrimSuffix(text, "("))
			}
		}
	}
	return slipway.Evidence{}
}

// indexCall is where a text stands that is not the end of a longer name, as
// serve is of observe; -1 for nowhere.
func indexCall(text, call string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], call)
		if at < 0 {
			return -1
		}
		if at += from; at == 0 || !ofName(call[0]) || !ofName(text[at-1]) {
			return at
		}
		from = at + len(call)
	}
}

func ofName(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// speaks gives the first word that speaks of serving.
func (s sources) speaks() slipway.Evidence {
	for _, f := range s.text {
		if word, at := repo.Word(f.text, repo.Serving()...); at >= 0 {
			return f.at(at, "the word "+word)
		}
	}
	return slipway.Evidence{}
}

// lines of the program in which something stands.
func (s sources) lines() int {
	n := 0
	for _, f := range s.text {
		n += repo.Lines(f.text)
	}
	return n
}

func (f sourceText) at(at int, found string) slipway.Evidence {
	return slipway.Evidence{File: f.file, Line: 1 + strings.Count(f.text[:at], "\n"), Found: strings.TrimPrefix(found, ".")}
}

// find gives the first match of the first group, in the files' order. A file
// that has none of the hints, where there are any, is not tried: a pattern
// costs a hundred times as much.
func (s sources) find(re *regexp.Regexp, hints ...string) (found, file string, line int) {
	for _, f := range s.text {
		if len(hints) > 0 && !slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(f.text, h) }) {
			continue
		}
		for _, m := range re.FindAllStringSubmatchIndex(f.text, -1) {
			if !commented(f.text, m[2]) {
				return f.text[m[2]:m[3]], f.file, 1 + strings.Count(f.text[:m[2]], "\n")
			}
		}
	}
	return "", "", 0
}

// commented tells whether a place is in a line that is a comment.
func commented(text string, at int) bool {
	const far = 300
	before := text[max(0, at-far):at]
	line := strings.TrimLeft(before[strings.LastIndexByte(before, '\n')+1:], " \t")
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "* ")
}

var (
	healthRoute = regexp.MustCompile(`(?:\.(?:get|all|use|route|head)\(\s*|(?:url|path|pathname)\s*(?::|={2,3})\s*|case\s+)["'` + "`" + `](/(?:api/)?(?:healthz?|livez|health/live|readyz|_health|ping))["'` + "`" + `]`)
	listenPort  = regexp.MustCompile(`\.listen\(\s*(?:\{[^}]{0,200}?\bport:\s*)?(\d{4,5})\b`)
	socketPort  = regexp.MustCompile(`(?s)\bsocket\.io\b.*\bnew Server\(\s*(\d{4,5})\b`)
	namedPort   = regexp.MustCompile(`(?i:\bport)\s*[:=]\s*(\d{4,5})\b`)
	portRead    = regexp.MustCompile(`\bPORT\b`)
)

// health guesses the path that says whether the service is well: a route of a
// usual name.
func (p *planner) health() string {
	found, file, line := p.sources.find(healthRoute, "/health", "/livez", "/readyz", "/_health", "/ping", "/api/")
	if found == "" {
		return ""
	}
	p.note(slipway.Evidence{File: file, Line: line, Found: "a route " + found, Means: "GET " + found + " tells whether it is well", Knob: "health: " + found})
	return found
}

// port is the one that the program listens on whatever PORT says, 0 when it
// reads PORT or nothing was found.
func (p *planner) port() int {
	if p.sources.mentions("process.env.PORT") {
		return 0
	}
	for _, f := range p.sources.text {
		if strings.Contains(f.text, "env") && portRead.MatchString(f.text) {
			return 0
		}
	}
	found, file, line := "", "", 0
	for _, look := range []func() (string, string, int){
		func() (string, string, int) { return p.startedFile().find(listenPort, "listen") },
		func() (string, string, int) { return p.sources.find(listenPort, "listen") },
		func() (string, string, int) { return p.sources.find(socketPort, "socket.io") },
		func() (string, string, int) { return p.sources.find(namedPort, "port", "PORT", "Port") },
		p.settingsPort,
	} {
		if found == "" || slices.Contains(repo.OthersPorts(), found) {
			found, file, line = look()
		}
	}
	n, err := strconv.Atoi(found)
	if err != nil || n > 65535 || slices.Contains(repo.OthersPorts(), found) {
		return 0
	}
	p.note(slipway.Evidence{
		File: file, Line: line, Found: "port " + found + ", and nothing that reads PORT",
		Means: "PORT is " + found + ", since the program listens there; read process.env.PORT to let others choose", Knob: "port: " + found,
	})
	return n
}

// startedFile is the text of the file that is started.
func (p *planner) startedFile() sources {
	return sources{text: slices.DeleteFunc(slices.Clone(p.sources.text), func(f sourceText) bool { return f.file != path.Join(p.Dir, p.program.file) })}
}

// ownSettings are what the settings of the server itself are called, where
// they are not at the top.
func ownSettings() []string { return []string{"server", "http", "app", "web", "api"} }

// portSaid is the port of a file of settings, "" when it has none, or none
// that is surely the server's own.
func portSaid(data []byte) string {
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) != nil {
		return ""
	}
	said := []json.RawMessage{all["port"]}
	for _, name := range ownSettings() {
		var inner struct {
			Port json.RawMessage `json:"port"`
		}
		if json.Unmarshal(all[name], &inner) == nil {
			said = append(said, inner.Port)
		}
	}
	for _, s := range said {
		if text := strings.Trim(string(s), `"`); text != "" {
			return text
		}
	}
	return ""
}

// settingsPort is the port of the files of settings that the package config
// reads, unless its variables have another one. What is for production comes
// before what is for all.
func (p *planner) settingsPort() (found, file string, line int) {
	if !p.pkg.has("config") && !p.pkg.has("@feathersjs/configuration") {
		return "", "", 0
	}
	variables, _, _ := repo.Read(p.Tree, path.Join(p.Dir, "config", "custom-environment-variables.json")) // what cannot be read says nothing
	if portRead.Match(variables) {
		return "", "", 0
	}
	for _, name := range []string{"production.json", "default.json"} {
		file = path.Join(p.Dir, "config", name)
		data, _, _ := repo.Read(p.Tree, file)
		if found = portSaid(data); found != "" {
			return found, file, lineAt(data, int64(bytes.Index(data, []byte(found))))
		}
	}
	return "", "", 0
}

// exists tells whether a file is in the service's directory.
func (p *planner) exists(name string) bool { return repo.IsFile(p.Tree, path.Join(p.Dir, name)) }

// comments are those that have lines of their own.
var comments = regexp.MustCompile(`(?m)^[ \t]*//.*$|(?ms)^[ \t]*/\*.*?\*/`)

// config gives the first of the files name.js, name.ts and so on that the
// service has, and its text without comments: what a generator leaves as a
// hint is not what the developer says.
func (p *planner) config(name string) (text, file string) { return p.configIn(p.Dir, name) }

func (p *planner) configIn(dir, name string) (text, file string) {
	for _, ext := range []string{".ts", ".js", ".mjs", ".cjs", ".mts", ".cts"} {
		file := path.Join(dir, name+ext)
		if data, ok, err := repo.Read(p.Tree, file); err == nil && ok {
			return comments.ReplaceAllString(string(data), ""), file
		}
	}
	return "", ""
}

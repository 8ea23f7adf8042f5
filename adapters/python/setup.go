package python

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// setup is what a setup.cfg or setup.py says.
type setup struct {
	name     string
	version  string
	python   string // python_requires
	install  []string
	line     int
	computed bool   // install is not written down
	compiled bool   // it has extensions in C
	rust     string // Cargo.toml of its extension in Rust
	scripts  map[string]string
	points   map[string]map[string]string // other entry points
}

// setupNeeds reads the setup.cfg and setup.py of a directory, and gives the
// file that names the dependencies; "" without either.
func setupNeeds(tree fs.FS, dir string) (setup, string, error) {
	cfg, haveCfg, err := readSetupCfg(tree, dir)
	if err != nil {
		return setup{}, "", err
	}
	name := path.Join(dir, "setup.py")
	data, ok, err := repo.Read(tree, name)
	if err != nil {
		return setup{}, "", err
	}
	if haveCfg && (!ok || len(cfg.install) > 0) {
		return cfg, path.Join(dir, "setup.cfg"), nil
	}
	if !ok {
		return setup{}, "", nil
	}
	s := parseSetupPy(data)
	return s, name, nil
}

// readSetupCfg reads [metadata] and [options] (setuptools, "Configuring
// setuptools using setup.cfg files"). Many setup.cfg hold only settings of
// linters.
func readSetupCfg(tree fs.FS, dir string) (setup, bool, error) {
	data, ok, err := repo.Read(tree, path.Join(dir, "setup.cfg"))
	if err != nil || !ok {
		return setup{}, false, err
	}
	var s setup
	section, key, n := "", "", 0
	found := false
	for line := range strings.Lines(string(data)) {
		n++
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
			continue
		case text[0] == '[':
			section, key = strings.Trim(text, "[]"), ""
			found = found || section == "options"
			continue
		case line[0] != ' ' && line[0] != '\t':
			k, v, _ := strings.Cut(text, "=")
			key, text = strings.TrimSpace(k), strings.TrimSpace(v)
		}
		s.set(section+"."+key, text, n)
	}
	return s, found, nil
}

func (s *setup) set(key, value string, line int) {
	if value == "" {
		return
	}
	switch key {
	case "metadata.name":
		s.name = value
	case "metadata.version":
		s.version = value
	case "options.python_requires":
		s.python = value
	case "options.entry_points.console_scripts":
		s.script(value)
	case "options.install_requires":
		s.install = append(s.install, value)
		s.line = line
	}
}

// script takes NAME = MODULE:FUNCTION.
func (s *setup) script(line string) {
	name, point, ok := strings.Cut(line, "=")
	if !ok {
		return
	}
	if s.scripts == nil {
		s.scripts = map[string]string{}
	}
	s.scripts[strings.TrimSpace(name)] = strings.TrimSpace(point)
}

// parseSetupPy finds the arguments of setup() where they are literals.
func parseSetupPy(data []byte) setup {
	var s setup
	constants := map[string][]token{} // NAME = "shop", which generators write above setup()
	for _, st := range lex(data) {
		if t := st.tokens; st.indent == 0 && len(t) > 2 && t[1].text == "=" {
			constants[t[0].text] = t[2:]
		}
		for i := range len(st.tokens) - 2 {
			s.take(st.tokens[i], st.tokens[i+1], st.tokens[i+2:], constants)
		}
	}
	return s
}

// take reads what a token and the one behind it begin.
func (s *setup) take(t, next token, rest []token, constants map[string][]token) {
	switch {
	case t.kind == stringToken && t.text == "console_scripts":
		lines, _ := literalList(rest)
		for _, line := range lines {
			s.script(line)
		}
	case t.kind == stringToken && next.text == ":":
		s.group(t.text, rest)
	case t.kind == nameToken && t.text == "RustExtension" && next.text == "(":
		s.rust = rustManifest(rest)
	case t.kind == nameToken && next.text == "=":
		s.argument(t, rest, constants)
	}
}

var pointLine = regexp.MustCompile(`^\s*([\w.-]+)\s*=\s*(\w+(?:\.\w+)*(?::\w+(?:\.\w+)*)?)\s*$`)

// group takes entry points that are no console scripts: by these a framework
// finds an application in the metadata.
func (s *setup) group(name string, value []token) {
	lines, computed := literalList(value)
	for _, line := range lines {
		m := pointLine.FindStringSubmatch(line)
		if m == nil || computed || name == "console_scripts" {
			return
		}
		if s.points == nil {
			s.points = map[string]map[string]string{}
		}
		if s.points[name] == nil {
			s.points[name] = map[string]string{}
		}
		s.points[name][m[1]] = m[2]
	}
}

// argument takes one of setup()'s, with the tokens that its value begins.
func (s *setup) argument(name token, value []token, constants map[string][]token) {
	constant, named := constants[value[0].text]
	named = named && value[0].kind == nameToken
	if named {
		value = constant
	}
	switch name.text {
	case "name":
		s.name = literalString(value, s.name)
	case "version":
		s.version = literalString(value, s.version)
	case "python_requires":
		s.python = literalString(value, s.python)
	case "ext_modules":
		s.compiled = true
	case "install_requires":
		s.line = name.line
		s.install, s.computed = literalList(value)
		s.computed = s.computed || named // the lines above may have changed it
	}
}

// rustManifest is the Cargo.toml that a RustExtension(…) names.
func rustManifest(tokens []token) string {
	for _, t := range tokens {
		if t.kind == stringToken && path.Base(t.text) == "Cargo.toml" {
			return t.text
		}
		if t.text == ")" {
			break
		}
	}
	return "Cargo.toml"
}

func literalString(tokens []token, otherwise string) string {
	if tokens[0].kind == stringToken {
		return tokens[0].text
	}
	return otherwise
}

// literalList reads [ 'a', "b", ]; computed tells that it is anything else.
func literalList(tokens []token) (list []string, computed bool) {
	if tokens[0].text != "[" {
		return nil, true
	}
	for _, t := range tokens[1:] {
		switch {
		case t.kind == stringToken:
			list = append(list, t.text)
		case t.text == "]":
			return list, false
		case t.text != ",":
			return nil, true
		}
	}
	return nil, true
}

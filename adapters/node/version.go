package node

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// said is a version of Node.js and where it stands.
type said struct {
	version string
	slipway.Evidence
}

// from is "FILE:LINE", for Version.From.
func (s said) from() string {
	if s.Line == 0 {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Line)
}

// findVersion takes the first that says something: slipway.yaml, Volta, a
// version file, devEngines, engines. The exact ones come first.
func (p *planner) findVersion() error {
	for _, look := range []func() (said, bool, error){p.declaredVersion, p.volta, p.versionFile, p.devEngines, p.engines} {
		s, ok, err := look()
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if s.version = plainVersion(s.version); s.version == "" {
			continue // whichever there is: lts, node, latest
		}
		if !wellFormed.MatchString(s.version) {
			return invalid("%s: %.60q is not a version of Node.js", repo.Quote(s.File)+":"+strconv.Itoa(max(s.Line, 1)), s.version).
				WithHint("write for example 22, 22.12.0 or >=20")
		}
		p.version = slipway.Version{Value: s.version, Want: s.version, From: s.from()}
		s.Means, s.Knob = "built and run with Node.js "+s.version, `version: "`+s.version+`"`
		p.note(s.Evidence)
		return nil
	}
	p.version = slipway.Version{From: "default"}
	p.note(slipway.Evidence{File: p.pkg.file(), Found: "no version of Node.js", Means: "built and run with the default one", Knob: `version: "22"`})
	return nil
}

// wellFormed is what npm's semver reads, roughly: numbers, wildcards,
// operators.
var wellFormed = regexp.MustCompile(`^[0-9xX*<>=~^|&. ,+A-Za-z-]{1,100}$`)

func (p *planner) declaredVersion() (said, bool, error) {
	v := p.Declared.Version
	return said{v, slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("version"), Found: "version: " + v}}, v != "", nil
}

// ownOrRoot gives the first of the service's package and the workspace's root
// for which pick finds something.
func (p *planner) ownOrRoot(key string, pick func(*pkg) string) (said, bool, error) {
	for _, m := range []*pkg{p.pkg, p.space.root} {
		if v := pick(m); v != "" {
			line := m.lines[key]
			if line == 0 {
				outer, _, _ := strings.Cut(key, ".")
				line = m.lines[outer]
			}
			return said{v, slipway.Evidence{File: m.file(), Line: line, Found: key + ": " + v}}, true, nil
		}
	}
	return said{}, false, nil
}

func (p *planner) volta() (said, bool, error) {
	return p.ownOrRoot("volta.node", func(m *pkg) string { return m.Volta["node"] })
}

func (p *planner) engines() (said, bool, error) {
	return p.ownOrRoot("engines.node", func(m *pkg) string { return anyVersion(m.Engines["node"]) })
}

func (p *planner) devEngines() (said, bool, error) {
	return p.ownOrRoot("devEngines.runtime", func(m *pkg) string {
		name, version := m.devEngine("runtime")
		if name != "node" {
			return ""
		}
		return anyVersion(version)
	})
}

// anyVersion takes "any" as nothing said.
func anyVersion(v string) string {
	if v = strings.TrimSpace(v); v == "*" || v == "x" || v == "latest" {
		return ""
	}
	return v
}

// versionFile looks for .nvmrc, .node-version and .tool-versions in the
// service's directory and above it.
func (p *planner) versionFile() (said, bool, error) {
	for dir := range p.Upwards() {
		for _, name := range []string{".nvmrc", ".node-version"} {
			s, ok, err := p.versionAlone(path.Join(dir, name))
			if ok || err != nil {
				return s, ok, err
			}
		}
	}
	v, e, ok, err := repo.ToolVersion(p.Service, "nodejs", "node")
	return said{v, e}, ok, err
}

// versionAlone reads a file whose first line that is no comment is a version.
func (p *planner) versionAlone(file string) (said, bool, error) {
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return said{}, false, err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if v := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")); v != "" {
			if plainVersion(v) == "" {
				return said{}, false, nil
			}
			return said{v, slipway.Evidence{File: file, Line: n, Found: v}}, true, nil
		}
	}
	return said{}, false, nil
}

// plainVersion makes of what version managers read what catalogues read: "v20.1.0"
// is 20.1.0, "lts/iron" is 20, and what means "whatever there is" is "".
func plainVersion(v string) string {
	v = strings.TrimSpace(v)
	switch strings.ToLower(v) {
	case "node", "stable", "latest", "current", "system", "lts", "lts/*", "lts/-1", "unstable":
		return ""
	}
	if name, ok := strings.CutPrefix(strings.ToLower(v), "lts/"); ok {
		if major := releases()[name]; major != "" {
			return major
		}
		return v
	}
	v = strings.TrimPrefix(v, "node-")
	if len(v) > 1 && v[0] == 'v' {
		return v[1:]
	}
	return v
}

// releases are the long-term supported lines by their names (nodejs/Release).
func releases() map[string]string {
	return map[string]string{
		"argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14",
		"gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
	}
}

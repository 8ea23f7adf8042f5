package node

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// entryNames are what people call the file that is started. Those of one
// line are tried before those of the next.
func entryNames() []string {
	var names []string
	for _, stem := range []string{"server", "app", "index", "main", "src/server", "src/app", "src/index", "src/main"} {
		for _, ext := range []string{".js", ".mjs", ".cjs", ".ts", ".mts"} {
			names = append(names, stem+ext)
		}
	}
	return names
}

// named takes the file that somebody chose.
func (p *planner) named() (bool, error) {
	choice, e := p.Main, slipway.Evidence{File: p.Dir, Found: "--main " + p.Main}
	if choice == "" {
		choice = p.Declared.Main
		e = slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("main"), Found: "main: " + choice}
	}
	if choice == "" {
		return false, nil
	}
	file := path.Clean(choice)
	if strings.HasPrefix(file, "..") || path.IsAbs(file) {
		return false, slipway.Errorf(slipway.CodeUsage, "%s is not below the service's directory", repo.Quote(choice)).
			WithHint("name a file, for example src/server.js")
	}
	e.Means = "the program is " + file
	p.note(e)
	return true, p.startFile(file, e)
}

// mainField takes the file that package.json calls main.
func (p *planner) mainField() (bool, error) {
	for _, field := range []struct{ key, file string }{{"main", p.pkg.Main}, {"bin", p.pkg.bin()}} {
		if field.file == "" {
			continue
		}
		file := path.Clean(field.file)
		if path.Ext(file) == "" {
			for _, candidate := range []string{file + ".js", path.Join(file, "index.js")} {
				if p.exists(candidate) {
					file = candidate
				}
			}
		}
		if sign := p.publishes(); sign != "" && field.key == "main" {
			return false, p.library(sign)
		}
		e := slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines[field.key], Found: field.key + ": " + field.file}
		if !p.exists(file) && !p.mayBeBuilt(file) {
			e.Means = "passed over: the file is not there"
			p.note(e)
			continue
		}
		e.Means, e.Knob = "the program is "+file, "main: "+file
		p.note(e)
		return true, p.startFile(file, e)
	}
	return false, nil
}

// publishes gives the key by which a package without a server tells that it is
// made for others to import, "" when none does.
func (p *planner) publishes() string {
	if string(p.pkg.raw["private"]) == "true" || p.httpServers() {
		return ""
	}
	for _, key := range []string{"types", "typings", "module", "publishConfig", "scripts.prepublishOnly"} {
		if p.pkg.lines[key] > 0 {
			return key
		}
	}
	return ""
}

func (p *planner) library(sign string) error {
	return invalid("%s describes a library: nothing in it serves, and no script starts it", repo.Show(p.pkg.file())).
		WithHint("where it is a service, say what is started: a start script, or `commands: {start: node …}` in slipway.yaml").
		WithDetails(p.pkg.at(sign)+": "+strings.TrimPrefix(sign, "scripts.")+" is for those who import it", p.pkg.at("main")+": main: "+p.pkg.Main)
}

// entry takes the only file of a usual name.
func (p *planner) entry() (bool, error) {
	var found []string
	for _, name := range entryNames() {
		if p.exists(name) {
			found = append(found, name)
		}
	}
	listening := found
	if len(found) > 1 {
		listening = nil
		for _, name := range found {
			if p.listens(name) {
				listening = append(listening, name)
			}
		}
	}
	switch {
	case len(found) == 0:
		return false, nil
	case len(listening) == 1:
		e := slipway.Evidence{File: path.Join(p.Dir, listening[0]), Found: "the only file of a usual name", Means: "the program is " + listening[0], Knob: "main: " + listening[0]}
		if len(found) > 1 {
			e.Found = "the only file of a usual name that listens"
		}
		p.note(e)
		return true, p.startFile(listening[0], e)
	}
	lines := make([]string, len(found))
	for i, name := range found {
		lines[i] = repo.Quote(path.Join(p.Dir, name)) + ": chosen by `main: " + name + "` in " + manifest.Name + ", or by --main " + name
	}
	return false, slipway.Errorf(slipway.CodeAmbiguous, "%d files of %s could be what to start", len(found), repo.Show(p.Dir)).
		WithHint(`say which, or add a start script to %s`, repo.Quote(p.pkg.file())).WithDetails(lines...).WithClass(slipway.ClassCode)
}

// listens tells whether a file's own text starts a server.
func (p *planner) listens(name string) bool {
	for _, f := range p.sources.text {
		if f.file == path.Join(p.Dir, name) {
			return strings.Contains(f.text, ".listen(") || strings.Contains(f.text, "createServer(")
		}
	}
	return false
}

// startFile starts a file, or what is compiled from it.
func (p *planner) startFile(file string, why slipway.Evidence) error {
	if p.manager.tool == toolBun && p.needsBun(file) {
		return p.startBun(nil, file, nil, why)
	}
	if !isTypeScript(file) {
		p.program.file = file
		p.program.start = []string{"node", file}
		return nil
	}
	return p.startTypeScript(file, nil, why)
}

// mayBeBuilt tells whether a file that is not there can come of the build.
func (p *planner) mayBeBuilt(file string) bool {
	first, _, _ := strings.Cut(file, "/")
	return file != first && p.hasBuild() || p.tsconfig().outDir == first
}

func list(names []string) string { return strings.Join(names, ", ") }

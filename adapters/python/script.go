package python

import (
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// scriptTable is what a program says itself about what it needs (PEP 723,
// "inline script metadata").
type scriptTable struct {
	RequiresPython string   `toml:"requires-python"`
	Dependencies   []string `toml:"dependencies"`
	Tool           struct {
		UV *uvTable `toml:"uv"`
	} `toml:"tool"`
}

// findScript takes a program that says itself what it needs: the one that is
// chosen, one of a usual name, or the only one.
func (p *planner) findScript() (bool, error) {
	for _, name := range p.scripts() {
		file := p.in(name)
		data, ok, err := repo.Read(p.Tree, file)
		if err != nil {
			return false, err
		}
		text, line, found := scriptBlock(string(data))
		if !ok || !found {
			continue
		}
		var t scriptTable
		if err := toml.Unmarshal([]byte(text), &t); err != nil {
			return false, broken(file, err)
		}
		p.useScript(file, line, text, t)
		return true, nil
	}
	return false, nil
}

// scripts are the files of the service's directory that may be such a
// program, the likeliest first. What is a helper beside a project is none.
func (p *planner) scripts() []string {
	if p.project != nil && p.project.Project != nil {
		return nil
	}
	var names []string
	if main := strings.TrimPrefix(p.wanted(), "./"); strings.HasSuffix(main, ".py") {
		names = append(names, main)
	}
	for _, name := range programNames() {
		names = append(names, name+".py")
	}
	if all := scriptsOf(p.Service); len(all) == 1 {
		names = append(names, all[0])
	}
	return slices.DeleteFunc(names, func(name string) bool { return !repo.IsFile(p.Tree, p.in(name)) })
}

// scriptsOf lists the programs of a directory that say what they need.
func scriptsOf(s repo.Service) []string {
	const most = 50
	var all []string
	for i, name := range repo.Names(s.Tree, s.Dir) {
		if i == most {
			break
		}
		if !isSource(name) {
			continue
		}
		data, ok, err := repo.Read(s.Tree, path.Join(s.Dir, name))
		if _, _, found := scriptBlock(string(data)); ok && err == nil && found {
			all = append(all, name)
		}
	}
	return all
}

// scriptBlock finds the block "# /// script" and gives its TOML, with its
// first line.
func scriptBlock(text string) (block string, line int, ok bool) {
	n := 0
	var b strings.Builder
	for raw := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		raw = strings.TrimRight(raw, "\r\n")
		switch {
		case line == 0 && raw == "# /// script":
			line = n
		case line == 0:
		case raw == "# ///":
			return b.String(), line, true
		case raw != "#" && !strings.HasPrefix(raw, "# "):
			return "", 0, false
		default:
			b.WriteString(strings.TrimPrefix(strings.TrimPrefix(raw, "#"), " ") + "\n")
		}
	}
	return "", 0, false
}

// useScript hands on what a program says; `uv lock --script` leaves a lock
// file beside it.
func (p *planner) useScript(file string, line int, block string, t scriptTable) {
	p.manager = manager{name: uv, root: p.Dir, script: file, block: block, lines: t.Dependencies, indexes: t.Tool.UV.indexes(), python: placedText{file, textLine{t.RequiresPython, line}}}
	means := "dependencies resolved anew; `uv lock --script " + path.Base(file) + "` keeps them"
	if lock := file + ".lock"; repo.IsFile(p.Tree, lock) {
		p.manager.lock, p.manager.hashed, p.manager.lines = lock, true, nil
		p.manager.files = []string{lock}
		means = "dependencies installed as locked by " + repo.Quote(path.Base(lock))
	}
	p.note(slipway.Evidence{File: file, Line: line, Found: "a program that says what it needs (PEP 723)", Means: means})
	data, _, err := repo.Read(p.Tree, file)
	if err != nil {
		return
	}
	for _, text := range t.Dependencies {
		if d, ok := requirement(text); ok {
			d.file, d.line = file, lineWith(string(data), text)
			p.deps.direct = append(p.deps.direct, d)
		}
	}
}

// scriptExport gives uv the block alone: what else the program says changes
// no dependency.
func (p *planner) scriptExport() string {
	var b strings.Builder
	b.WriteString(fetch("uv", "uv=="+uvVersion) + "cat >/tmp/script.py <<'END'\n# /// script\n")
	for line := range strings.Lines(p.manager.block) {
		b.WriteString(strings.TrimRight("# "+strings.TrimRight(line, "\n"), " ") + "\n")
	}
	b.WriteString("# ///\nEND\ncp " + command.Quoted(path.Base(p.manager.lock)) + " /tmp/script.py.lock\n")
	b.WriteString("uv export --quiet --frozen --no-header --no-annotate --format requirements.txt --output-file " + locked + " --script /tmp/script.py\n")
	return b.String()
}

// startPEP723 starts a program that says itself what it needs.
func (p *planner) startPEP723() (bool, error) {
	if p.manager.script == "" {
		return false, nil
	}
	p.startFile(p.manager.script, path.Base(p.manager.script))
	return true, nil
}

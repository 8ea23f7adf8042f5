package python

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// pipfileTable is a Pipfile, as far as it is read (the project "pipfile", and
// Pipenv's own documentation).
type pipfileTable struct {
	Packages map[string]any    `toml:"packages"`
	Dev      map[string]any    `toml:"dev-packages"`
	Requires map[string]string `toml:"requires"`
	Scripts  map[string]any    `toml:"scripts"`

	text string
}

// readPipfile reads the Pipfile of the service; nil without one.
func (p *planner) readPipfile() (*pipfileTable, error) {
	name := p.in(pipfile)
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil || !ok {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	f := &pipfileTable{text: string(data)}
	if err := toml.Unmarshal(data, f); err != nil {
		return nil, broken(name, err)
	}
	return f, nil
}

// python is the version that the table [requires] names.
func (f *pipfileTable) python(file string) placedText {
	for _, key := range []string{"python_full_version", "python_version"} {
		if v := f.Requires[key]; v != "" {
			return placedText{file, textLine{v, lineOf(f.text, key)}}
		}
	}
	return placedText{}
}

// findPipfile takes a Pipfile that nobody has locked.
func (p *planner) findPipfile() (bool, error) {
	if !repo.IsFile(p.Tree, p.in(pipfile)) {
		if repo.IsFile(p.Tree, p.in(pipfileLock)) {
			return false, slipway.Errorf(slipway.CodeInvalid, "%s has no %s beside it", repo.Quote(p.in(pipfileLock)), pipfile).
				WithHint("commit the %s that it was made of", pipfile).WithClass(slipway.ClassCode)
		}
		return false, nil
	}
	p.manager = manager{name: pipenv, root: p.Dir}
	p.note(slipway.Evidence{File: p.in(pipfile), Found: "no " + pipfileLock, Means: "dependencies resolved anew; `pipenv lock` keeps them"})
	return true, nil
}

// fromPipfile reads what a Pipfile asks for; its lock has the rest. What a
// package of the tree needs is asked for in its place.
func (p *planner) fromPipfile() error {
	f, err := p.readPipfile()
	if err != nil || f == nil {
		return err
	}
	p.manager.python = f.python(p.in(pipfile))
	for _, name := range slices.Sorted(maps.Keys(f.Packages)) {
		if dir, ok := p.pipfileDir(f.Packages[name]); ok {
			p.manager.named = append(p.manager.named, localRequirement{dir, p.in(pipfile), lineOf(f.text, name)})
			if p.manager.lock == "" {
				err = errors.Join(err, p.fromLocal(dir))
			}
			continue
		}
		text := pipfileLine(name, f.Packages[name])
		if d, ok := requirement(text); ok {
			d.file, d.line = p.in(pipfile), lineOf(f.text, name)
			p.deps.direct = append(p.deps.direct, d)
		}
		if p.manager.lock == "" {
			p.manager.lines = append(p.manager.lines, text)
		}
	}
	if err != nil {
		return err
	}
	return p.fromPipfileLock()
}

// pipfileDir reads {path = "./libs/x", editable = true}.
func (p *planner) pipfileDir(value any) (string, bool) {
	fields, ok := value.(map[string]any)
	if !ok {
		return "", false
	}
	for _, sub := range append(strs(fields["path"]), strs(fields["file"])...) {
		if dir, ok := localDir(p.Dir, "./"+strings.TrimPrefix(sub, "./")); ok && repo.IsDir(p.Tree, dir) {
			return dir, true
		}
	}
	return "", false
}

// pipfileLine writes an entry of a Pipfile as a requirement (PEP 508).
func pipfileLine(name string, value any) string {
	fields, ok := value.(map[string]any)
	if !ok {
		fields = map[string]any{"version": value}
	}
	text := name
	if extras := strs(fields["extras"]); len(extras) > 0 {
		text += "[" + strings.Join(extras, ",") + "]"
	}
	at := func(key string) string { return strings.Join(strs(fields[key]), "") }
	switch version := at("version"); {
	case at("git") != "":
		text += " @ git+" + strings.TrimPrefix(at("git"), "git+")
		if ref := at("ref"); ref != "" {
			text += "@" + ref
		}
	case strings.Contains(at("file"), "://"):
		text += " @ " + at("file")
	case version != "*":
		text += version
	}
	var markers []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case key == "markers":
			markers = append(markers, "("+at(key)+")")
		case slices.Contains(markerNames(), key):
			markers = append(markers, key+" "+at(key))
		}
	}
	if len(markers) > 0 {
		text += " ; " + strings.Join(markers, " and ")
	}
	return text
}

// markerNames are the conditions that an entry may have as keys (PEP 508).
func markerNames() []string {
	return []string{"os_name", "sys_platform", "platform_machine", "platform_system", "platform_version", "python_version", "python_full_version", "implementation_name", "platform_python_implementation"}
}

// fromPipfileLock collects the names of a Pipfile.lock, and refuses one that
// lacks what the Pipfile asks for.
func (p *planner) fromPipfileLock() error {
	if p.manager.lock == "" {
		return nil
	}
	data, ok, err := repo.Read(p.Tree, p.manager.lock)
	if err != nil || !ok {
		return err
	}
	var lock struct {
		Meta    *struct{}                  `json:"_meta"`
		Default map[string]json.RawMessage `json:"default"`
	}
	if err := json.Unmarshal(data, &lock); err != nil || lock.Meta == nil {
		return slipway.Errorf(slipway.CodeInvalid, "%s is not a lock file of Pipenv", repo.Quote(p.manager.lock)).
			WithHint("run `pipenv lock` in %s and commit the result", repo.Show(p.Dir)).WithClass(slipway.ClassCode)
	}
	p.deps.locked = map[string]bool{}
	for name := range lock.Default {
		p.deps.locked[normal(name)] = true
	}
	return p.inStep(p.deps.locked, p.in(pipfile))
}

// pipfileDevelopers are the packages that tests use.
func (p *planner) pipfileDevelopers() []string {
	f, err := p.readPipfile()
	if err != nil || f == nil || p.manager.name != pipenv || p.manager.lock != "" {
		return nil
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(f.Dev)) {
		lines = append(lines, pipfileLine(name, f.Dev[name]))
	}
	return lines
}

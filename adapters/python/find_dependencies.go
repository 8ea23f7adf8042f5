package python

import (
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findDependencies reads what the service asks for.
func (p *planner) findDependencies() error {
	if p.manager.requirements != "" {
		return p.fromRequirements(p.manager.requirements)
	}
	switch p.manager.name {
	case pipenv:
		return p.fromPipfile()
	case conda:
		return nil // read when it was found
	}
	if p.manager.script != "" || len(p.manager.lines) > 0 && p.project == nil {
		return nil // read when it was found
	}
	if p.project != nil && (p.project.Project != nil || p.project.Tool.Poetry != nil) {
		if err := p.fromProject(); err != nil {
			return err
		}
		return p.fromLock()
	}
	if p.manager.standard() {
		return p.fromLock()
	}
	return p.fromSetup(p.Dir)
}

func (p *planner) fromRequirements(file string) error {
	var r requirements
	if err := r.read(p.Tree, file, repo.Quote(file)); err != nil {
		return err
	}
	m := &p.manager
	m.requirements = file
	m.files = append(m.files, r.files...)
	m.local = append(m.local, r.local...)
	m.hashed = m.hashed || r.lines > 0 && p.allHashed(r)
	if r.settled() && len(r.local) == 0 {
		m.lock = file
	}
	p.deps.direct = append(p.deps.direct, r.needs...)
	for _, l := range r.local {
		if err := p.fromLocal(l.dir); err != nil {
			return err
		}
		if err := p.fromExtras(l.dir, r.extras[l.dir]); err != nil {
			return err
		}
	}
	return nil
}

// fromExtras adds what a package of the tree needs for its extras, those of
// its own that they name ("all" is mostly made so) included.
func (p *planner) fromExtras(dir string, extras []string) error {
	found, err := readProject(p.Tree, dir)
	if err != nil || found == nil || found.Project == nil {
		return err
	}
	taken := map[string]bool{}
	for len(extras) > 0 {
		extra := extras[0]
		extras = extras[1:]
		if taken[extra] {
			continue
		}
		taken[extra] = true
		for _, text := range found.optional(extra) {
			if d, ok := requirement(text); ok && d.name == normal(found.Project.Name) {
				extras = append(extras, d.extras...)
				continue
			}
			p.need(text, found)
			p.manager.lines = append(p.manager.lines, text)
		}
	}
	return nil
}

// optional is what an extra of the project needs.
func (p *project) optional(extra string) []string {
	var all []string
	for _, name := range sortedKeys(p.Project.Optional) {
		if normal(name) == extra {
			all = append(all, p.Project.Optional[name]...)
		}
	}
	return all
}

// allHashed tells whether every requirement has a hash, which pip then
// demands of all.
func (p *planner) allHashed(r requirements) bool {
	hashed := 0
	for _, file := range r.files {
		data, _, err := repo.Read(p.Tree, file)
		if err != nil {
			return false
		}
		for _, l := range requirementLines(decoded(data)) {
			if strings.Contains(l.text, "--hash=") {
				hashed++
			}
		}
	}
	return hashed == r.lines
}

// fromProject reads the dependencies of a pyproject.toml: PEP 621, else
// Poetry's own table.
func (p *planner) fromProject() error {
	p.asked = append(p.asked, p.Dir)
	if p.project.Project != nil {
		if p.project.dynamic("dependencies") {
			return p.fromDynamic()
		}
		if err := p.ask(p.project); err != nil {
			return err
		}
	}
	if t := p.project.Tool.Poetry; t != nil {
		for _, name := range slices.Sorted(maps.Keys(t.Dependencies)) {
			if name != "python" {
				d := dependency{name: normal(name), file: p.project.file, line: p.project.line(name)}
				if table, ok := t.Dependencies[name].(map[string]any); ok {
					d.extras = strs(table["extras"])
				}
				p.deps.direct = append(p.deps.direct, d)
			}
		}
	}
	return nil
}

func (p *planner) need(text string, in *project) {
	if d, ok := requirement(text); ok {
		d.file, d.line = in.file, lineWith(in.text, text)
		p.deps.direct = append(p.deps.direct, d)
	}
}

// fromDynamic follows setuptools to the files that it reads dependencies of;
// any other backend has to be asked, which is the build's business.
func (p *planner) fromDynamic() error {
	if p.manager.lock != "" {
		return nil
	}
	table, _ := p.project.Tool.Setuptools.Dynamic["dependencies"].(map[string]any)
	files := strs(table["file"])
	if len(files) == 0 {
		p.manager.whole = true
		return nil
	}
	for _, file := range files {
		if !fs.ValidPath(p.in(file)) {
			return outside(repo.Quote(p.project.file), file)
		}
		if err := p.fromRequirements(p.in(file)); err != nil {
			return err
		}
	}
	return nil
}

// fromLocal adds what a package of the tree needs.
func (p *planner) fromLocal(dir string) error {
	if slices.Contains(p.asked, dir) {
		return nil
	}
	p.asked = append(p.asked, dir)
	found, err := readProject(p.Tree, dir)
	if err != nil {
		return err
	}
	if found != nil && found.Project != nil && !found.dynamic("dependencies") {
		return p.ask(found)
	}
	if found != nil && found.Project != nil {
		return nil
	}
	return p.fromSetup(dir)
}

// fromSetup adds what a setup.cfg or a setup.py asks for, where it says so in
// plain words.
func (p *planner) fromSetup(dir string) error {
	needs, file, err := setupNeeds(p.Tree, dir)
	if err != nil || file == "" {
		return err
	}
	for _, text := range needs.install {
		if d, ok := requirement(text); ok {
			d.file, d.line = file, needs.line
			p.deps.direct = append(p.deps.direct, d)
		}
	}
	if needs.computed {
		p.manager.whole = dir == p.Dir
		p.note(slipway.Evidence{File: file, Line: needs.line, Found: "dependencies that are computed", Means: "the package is built to find them"})
		return nil
	}
	p.manager.lines = append(p.manager.lines, needs.install...)
	return nil
}

// lineWith is the first line that has a text between quotes; 0 when none has.
func lineWith(text, quoted string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.Contains(line, `"`+quoted+`"`) || strings.Contains(line, "'"+quoted+"'") {
			return n
		}
	}
	return 0
}

// strs reads a TOML value that is a string or a list of strings.
func strs(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

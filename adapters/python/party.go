package python

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// party is a package of the tree. It is not installed: its files are copied
// into the image as they are, Python is told where they lie, and what an
// installer would have written about it (PEP 376) is written beside the
// dependencies. So a change of its source runs no installer.
type party struct {
	dir     string
	roots   []string // directories that Python imports from
	name    string
	version string
	scripts map[string]string            // console scripts: name -> "module:function"
	points  map[string]map[string]string // other entry points
	file    string
	text    string  // of its pyproject.toml
	native  *native // nil when it is Python alone
}

// findFirstParty lists the service's own package and those of the tree that
// it depends on.
func (p *planner) findFirstParty() error {
	own, err := p.party(p.Dir)
	if err != nil {
		return err
	}
	p.parties = []party{own}
	queue := []string{p.Dir}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		below, err := p.localOf(dir)
		if err != nil {
			return err
		}
		for _, l := range below {
			if slices.ContainsFunc(p.parties, func(q party) bool { return q.dir == l.dir }) {
				continue
			}
			found, err := p.party(l.dir)
			if err != nil {
				return err
			}
			p.parties = append(p.parties, found)
			queue = append(queue, l.dir)
			p.note(slipway.Evidence{File: l.file, Line: l.line, Found: repo.Show(l.dir), Means: "a package of this repository, part of the program"})
		}
	}
	return nil
}

// party reads one package.
func (p *planner) party(dir string) (party, error) {
	found, err := readProject(p.Tree, dir)
	if err != nil {
		return party{}, err
	}
	q := party{dir: dir, roots: p.roots(dir, found)}
	s, file, err := setupNeeds(p.Tree, dir)
	if err != nil {
		return party{}, err
	}
	q.name, q.version, q.scripts, q.points, q.file = s.name, s.version, s.scripts, s.points, file
	if found != nil && (found.Project != nil || found.Tool.Poetry != nil) {
		q.describe(found)
	}
	if q.native, err = p.nativeOf(dir, found, s, file); err != nil {
		return party{}, err
	}
	if q.native != nil && q.version == "" {
		q.version = p.cargoVersion(q.native)
	}
	if (s.compiled || compiles(found)) && q.native == nil {
		p.manager.whole = p.manager.whole || dir == p.Dir
	}
	if q.version == "" || !regexp.MustCompile(`^[A-Za-z0-9.+!-]+$`).MatchString(q.version) {
		q.version = "0.0.0" // the build backend's secret
	}
	return q, nil
}

func (q *party) describe(found *project) {
	q.file, q.text = found.file, found.text
	if t := found.Tool.Poetry; t != nil {
		q.name, q.version, q.scripts = t.Name, t.Version, map[string]string{}
		for name, script := range t.Scripts {
			if text, ok := script.(string); ok {
				q.scripts[name] = text
			}
		}
	}
	if t := found.Project; t != nil {
		q.name = t.Name
		if t.Version != "" {
			q.version = t.Version
		}
		if len(t.Scripts) > 0 {
			q.scripts = t.Scripts
		}
		if len(t.EntryPoints) > 0 {
			q.points = t.EntryPoints
		}
	}
}

// compiles tells whether a package's build does more than copy files.
func compiles(found *project) bool {
	return found != nil && found.BuildSystem != nil && slices.ContainsFunc([]string{"scikit_build", "mesonpy", "cffi", "enscons"}, func(backend string) bool {
		return strings.HasPrefix(found.BuildSystem.Backend, backend)
	})
}

// localOf lists the packages of the tree that a package asks for: by path, in
// a requirements file, or as a member of its workspace.
func (p *planner) localOf(dir string) ([]localRequirement, error) {
	found, err := readProject(p.Tree, dir)
	if err != nil {
		return nil, err
	}
	var local []localRequirement
	if dir == p.Dir && p.manager.requirements != "" {
		var r requirements
		if err := r.read(p.Tree, p.manager.requirements, ""); err != nil {
			return nil, err
		}
		local = r.local
	}
	if dir == p.Dir {
		local = append(local, p.manager.named...)
	}
	if found == nil {
		return local, nil
	}
	if found.Tool.Poetry != nil {
		local = append(local, p.byPath(dir, found, found.Tool.Poetry.Dependencies)...)
	}
	local = append(local, p.byAddress(dir, found)...)
	sources := map[string]any{}
	if found.Tool.UV != nil {
		sources = found.Tool.UV.Sources
		local = append(local, p.byPath(dir, found, sources)...)
	}
	return append(local, p.byMembership(found, sources)...), nil
}

// byPath reads tables of the form NAME = {path = "../x"}.
func (p *planner) byPath(dir string, found *project, table map[string]any) []localRequirement {
	var local []localRequirement
	for name, value := range table {
		fields, ok := value.(map[string]any)
		if !ok {
			continue
		}
		for _, sub := range strs(fields["path"]) {
			if target := path.Join(dir, sub); fs.ValidPath(target) && repo.IsDir(p.Tree, target) {
				local = append(local, localRequirement{target, found.file, found.line(name)})
			}
		}
	}
	slices.SortFunc(local, func(a, b localRequirement) int { return strings.Compare(a.dir, b.dir) })
	return local
}

package python

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// choose gives the application of several that is the service, and what
// decides that; false when nothing does. In this order: the one that a
// Dockerfile beside it starts; the one nearest to the top, wsgi.py and
// asgi.py, a file of a usual name before others; then, of equals, the one that
// is made of the others, and the one that a script of pyproject.toml is in.
func (p *planner) choose(all []candidate) (candidate, slipway.Evidence, bool) {
	if len(filesOf(all)) > 1 {
		file, e := p.inDockerfile(all)
		if i := slices.IndexFunc(all, func(c candidate) bool { return c.file == file }); file != "" {
			return all[i], e, true
		}
	}
	equals := slices.DeleteFunc(slices.Clone(all), func(c candidate) bool { return c.tier() != all[0].tier() })
	files := filesOf(equals)
	if len(files) == 1 {
		return all[0], slipway.Evidence{}, true
	}
	for _, decide := range []func([]candidate) (string, slipway.Evidence){p.madeOfOthers, p.inScripts} {
		file, e := decide(equals)
		if i := slices.IndexFunc(equals, func(c candidate) bool { return c.file == file }); file != "" {
			return equals[i], e, true
		}
	}
	return candidate{}, slipway.Evidence{}, false
}

// tier is how far a file is from where an application is looked for first;
// equals have the same.
func (c candidate) tier() [2]int {
	usual := slices.Index(appFiles(), strings.TrimSuffix(path.Base(c.file), ".py"))
	switch {
	case usual < 0:
		usual = len(appFiles())
	case usual > 1: // after wsgi and asgi they are alike
		usual = 2
	}
	return [2]int{strings.Count(c.file, "/"), usual}
}

func filesOf(all []candidate) []string {
	var files []string
	for _, c := range all {
		if !slices.Contains(files, c.file) {
			files = append(files, c.file)
		}
	}
	return files
}

// only gives the one file that a test holds for, "" when there is none or
// another.
func only(files []string, test func(string) bool) string {
	found := slices.DeleteFunc(slices.Clone(files), func(f string) bool { return !test(f) })
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// madeOfOthers finds the file that imports all the others.
func (p *planner) madeOfOthers(all []candidate) (string, slipway.Evidence) {
	files := filesOf(all)
	file := only(files, func(file string) bool {
		reached := p.reachable(p.modules[file])
		return !slices.ContainsFunc(files, func(other string) bool { return !slices.Contains(reached, p.modules[other]) })
	})
	return file, slipway.Evidence{}
}

// inDockerfile finds the application that the Dockerfile of the directory
// starts.
func (p *planner) inDockerfile(all []candidate) (string, slipway.Evidence) {
	files := filesOf(all)
	called := make([]repo.Called, len(files))
	for _, c := range all {
		i := slices.Index(files, c.file)
		called[i].Started = append(called[i].Started, c.target(), strings.TrimPrefix(c.file, prefix(p.Dir)))
	}
	i, e := repo.OfDockerfile(p.Service, called)
	if i < 0 {
		return "", e
	}
	return files[i], e
}

// inScripts finds the application whose module a script of the project is in.
func (p *planner) inScripts(all []candidate) (string, slipway.Evidence) {
	own, e := p.parties[0], slipway.Evidence{}
	file := only(filesOf(all), func(file string) bool {
		for _, name := range sortedKeys(own.scripts) {
			mod, _, ok := entry(own.scripts[name])
			if other, there := p.fileOf(mod); ok && there && other == file {
				e = slipway.Evidence{File: own.file, Line: lineOf(p.text(own.file), name), Found: name + " = " + own.scripts[name]}
				return true
			}
		}
		return false
	})
	return file, e
}

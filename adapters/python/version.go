package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findVersion decides which Python the repository wants. slipway.yaml says it
// exactly. The files of developers' own tools name the one that they work
// with: that or, where no stack has it, the next newer minor. What a project
// requires is a range.
func (p *planner) findVersion() error {
	if v := p.Declared.Version; v != "" {
		p.use(slipway.Version{Value: v, Want: v}, slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("version"), Found: "version: " + v})
		return nil
	}
	for dir := p.Dir; ; dir = path.Dir(dir) {
		for _, file := range versionFiles() {
			if ok, err := p.versionFile(path.Join(dir, file.name), file.pick); ok || err != nil {
				return err
			}
		}
		if v, e, found, err := repo.MiseVersion(p.Service, dir, "python"); found || err != nil {
			if err == nil {
				err = p.useFile(v, e)
			}
			return err
		}
		if dir == "." {
			break
		}
	}
	return p.required()
}

type versionFile struct {
	name string
	pick func(words []string) string
}

// versionFiles are read in the service's directory and upwards.
func versionFiles() []versionFile {
	return []versionFile{
		{".python-version", func(words []string) string { return desk(words[0]) }},
		{"runtime.txt", func(words []string) string { return strings.TrimPrefix(words[0], "python-") }},
		{".tool-versions", func(words []string) string {
			if words[0] == "python" && len(words) > 1 {
				return words[1]
			}
			return ""
		}},
	}
}

var (
	deskVersion = regexp.MustCompile(`^(?:(?:cpython-|python-?)?([0-9]+(?:\.[0-9]+){0,2}))(?:\.[x*]|(?:a|b|rc)[0-9]+|-dev|-[a-z][a-z0-9_-]*|/envs/.*)?$`)
	deskOther   = regexp.MustCompile(`(?i)pypy|graal|conda|forge|jython|ironpython|stackless|micropython|pyston|cinder|nogil`)
)

// desk is the release in a line of .python-version, in the forms of pyenv and
// uv: "3.12", "3.12.7/envs/shop", "cpython-3.12.7-linux-x86_64-gnu", "3.14-dev".
func desk(line string) string {
	if m := deskVersion.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return line
}

// environment tells whether a line of .python-version is the name that
// somebody gave to an environment of pyenv-virtualenv.
func environment(file, v string) bool {
	return path.Base(file) == ".python-version" && regexp.MustCompile(`^[A-Za-z]`).MatchString(v) && !deskOther.MatchString(v)
}

// versionFile takes the version in the first line that has one.
func (p *planner) versionFile(name string, pick func([]string) string) (bool, error) {
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil || !ok {
		return false, err
	}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		text, _, _ := strings.Cut(line, "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		v := pick(words)
		if v == "" || slices.Contains([]string{"system", "latest"}, v) {
			continue
		}
		if environment(name, v) {
			p.note(slipway.Evidence{File: name, Line: n, Found: v, Means: "the name of an environment, which says no version: passed over"})
			continue
		}
		return true, p.useFile(v, slipway.Evidence{File: name, Line: n, Found: strings.Join(words, " ")})
	}
	return false, nil
}

// useFile takes a version that a developers' own tool reads.
func (p *planner) useFile(v string, e slipway.Evidence) error {
	if want, ok := constraint(v); ok && strings.ContainsAny(v, "<>=~!") { // as uv takes it
		p.use(slipway.Version{Value: want, Want: want}, e)
		return nil
	}
	switch {
	case !regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,2}$`).MatchString(v):
		return slipway.Errorf(slipway.CodeInvalid, "%s: %.60q is not a release of CPython", repo.Place(e.File, e.Line), strings.TrimPrefix(e.Found, "the version ")).
			WithHint("write for example 3.13, or delete the line").WithClass(slipway.ClassCode)
	case v == "2" || strings.HasPrefix(v, "2."):
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for Python 2, which no stack has", repo.Place(e.File, e.Line)).
			WithHint("name a release of Python 3 there, if the program runs with one, or build it by a Dockerfile").WithClass(slipway.ClassCode)
	}
	p.use(slipway.Version{Value: v, Want: v, Minimum: true}, e)
	return nil
}

// required reads the range that the project's own files give.
func (p *planner) required() error {
	spec, e := "", slipway.Evidence{}
	switch {
	case p.manager.python.text != "":
		spec, e = p.manager.python.text, slipway.Evidence{File: p.manager.python.file, Line: p.manager.python.line, Found: "Python " + p.manager.python.text}
	case p.project != nil && p.project.Project != nil && p.project.Project.RequiresPython != "":
		spec = p.project.Project.RequiresPython
		e = slipway.Evidence{File: p.project.file, Line: p.project.line("requires-python"), Found: "requires-python = " + spec}
	case p.project != nil && p.project.Tool.Poetry != nil && len(strs(p.project.Tool.Poetry.Dependencies["python"])) > 0:
		spec = strs(p.project.Tool.Poetry.Dependencies["python"])[0]
		e = slipway.Evidence{File: p.project.file, Line: p.project.line("python"), Found: "python = " + spec}
	default:
		s, file, err := setupNeeds(p.Tree, p.Dir)
		if err != nil {
			return err
		}
		if s.python != "" {
			spec, e = s.python, slipway.Evidence{File: file, Found: "python_requires = " + s.python}
		}
	}
	want, ok := constraint(spec)
	if !ok {
		return slipway.Errorf(slipway.CodeInvalid, "%s: %.60q is not a range of versions", repo.Place(e.File, e.Line), spec).
			WithHint(`write for example ">=3.11"`).WithClass(slipway.ClassCode)
	}
	if want == "" {
		p.version = slipway.Version{From: "default"}
		p.note(slipway.Evidence{File: p.Dir, Found: "no version of Python", Means: "the default one of the stacks", Knob: `version: "3.13"`})
		return nil
	}
	// A Pipfile and an environment of conda name the Python of a desk, as
	// .python-version does.
	desk := slices.Contains([]string{pipenv, conda}, p.manager.name) && regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`).MatchString(spec)
	if desk {
		want = spec
	}
	p.use(slipway.Version{Value: want, Want: want, Minimum: desk}, e)
	return nil
}

func (p *planner) use(v slipway.Version, e slipway.Evidence) {
	v.From = repo.At(e.File, e.Line)
	p.version = v
	e.Means, e.Knob = "Python "+v.Want, `version: "3.13"`
	if v.Minimum {
		e.Means += ", or the next newer minor release of the stacks"
	}
	p.note(e)
}

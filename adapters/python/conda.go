package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// condaFiles are the names of conda's list. Pixi's packages are conda's too.
func condaFiles() []string { return []string{condaFile, "environment.yaml"} }

func pixiFiles() []string { return []string{"pixi.toml", "pixi.lock"} }

// condaEnvironment is an environment.yml (conda's documentation, "Managing
// environments"). An entry is "name=version", or {pip: [requirements]}.
type condaEnvironment struct {
	Dependencies []yaml.Node `yaml:"dependencies"`
}

// condaRead is what an environment comes to.
type condaRead struct {
	python textLine   // the version of Python that is asked for
	pip    []textLine // requirements
	others []textLine // packages of conda's own
}

// findConda takes an environment that has nothing but Python and packages of
// pip in it: these are the same ones everywhere. conda's own packages are
// built against each other, and no other index has them.
func (p *planner) findConda() (bool, error) {
	for _, name := range condaFiles() {
		file := p.in(name)
		data, ok, err := repo.Read(p.Tree, file)
		if err != nil {
			return false, err
		}
		if !ok {
			continue
		}
		read, err := readConda(file, data)
		if err != nil {
			return false, err
		}
		if len(read.others) > 0 {
			return false, condaRefused(file, read.others)
		}
		return true, p.useConda(file, read)
	}
	for _, name := range pixiFiles() {
		if repo.IsFile(p.Tree, p.in(name)) {
			return false, slipway.Errorf(slipway.CodeInvalid, "%s is of Pixi, whose packages of conda no stack has", repo.Quote(p.in(name))).
				WithHint("write what the service needs into pyproject.toml and lock it with `uv lock`, and libraries of the system into packages of slipway.yaml").WithClass(slipway.ClassCode)
		}
	}
	return false, nil
}

func readConda(file string, data []byte) (condaRead, error) {
	var env condaEnvironment
	if err := yaml.Unmarshal(data, &env); err != nil {
		return condaRead{}, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read: %s", repo.Quote(file), strings.TrimPrefix(err.Error(), "yaml: ")).
			WithHint("mend the file; conda would refuse it too").WithClass(slipway.ClassCode)
	}
	var r condaRead
	for _, n := range env.Dependencies {
		if n.Kind != yaml.ScalarNode {
			var inner map[string][]yaml.Node
			if err := n.Decode(&inner); err == nil {
				for _, line := range inner[pip] {
					r.pip = append(r.pip, textLine{line.Value, line.Line})
				}
			}
			continue
		}
		r.take(n.Value, n.Line)
	}
	return r, nil
}

// take reads "channel::name=version=build".
func (r *condaRead) take(text string, line int) {
	if _, rest, ok := strings.Cut(text, "::"); ok {
		text = rest
	}
	m := regexp.MustCompile(`^\s*([A-Za-z0-9._-]+)\s*(.*)$`).FindStringSubmatch(text)
	switch {
	case m == nil:
		r.others = append(r.others, textLine{text, line})
	case m[1] == "python":
		r.python = textLine{condaVersion(m[2]), line}
	case !slices.Contains([]string{"pip", "setuptools", "wheel", "uv"}, m[1]):
		r.others = append(r.others, textLine{text, line})
	}
}

// condaVersion drops conda's build, and the one = that means what PEP 440
// writes with two and a star.
func condaVersion(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "="); ok && !strings.HasPrefix(rest, "=") {
		number, _, _ := strings.Cut(rest, "=")
		return strings.TrimSuffix(number, ".*")
	}
	return strings.TrimPrefix(text, "==")
}

func condaRefused(file string, others []textLine) error {
	const most = 20
	var lines []string
	for _, l := range others[:min(most, len(others))] {
		lines = append(lines, repo.Place(file, l.line)+": "+l.text)
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s asks for packages of conda, which no stack has", repo.Quote(file)).
		WithHint("move what pip has as well below `- pip:` (or into a requirements.txt), and name libraries and programs of the system in slipway.yaml: packages: {build: […], run: […]}").
		WithDetails(lines...).WithClass(slipway.ClassCode)
}

// useConda hands the list of pip on.
func (p *planner) useConda(file string, read condaRead) error {
	p.manager = manager{name: conda, root: p.Dir, python: placedText{file, read.python}}
	p.note(slipway.Evidence{File: file, Found: path.Base(file), Means: "the packages of pip in it are installed with pip; it has none of conda's own"})
	var r requirements
	for _, l := range read.pip {
		before := len(r.local)
		if err := r.take(p.Tree, file, l); err != nil {
			return err
		}
		if name, ok := option(l.text, "-r", "--requirement"); ok {
			p.manager.lines = append(p.manager.lines, "-r", name)
			p.manager.local = append(p.manager.local, r.local[before:]...)
		} else if len(r.local) == before {
			p.manager.lines = append(p.manager.lines, l.text)
		}
	}
	p.deps.direct = r.needs
	p.manager.files, p.manager.named = r.files, r.local
	for _, q := range r.local {
		if err := p.fromLocal(q.dir); err != nil {
			return err
		}
	}
	return nil
}

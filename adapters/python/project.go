package python

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const projectFile = "pyproject.toml"

// project is a pyproject.toml (PEP 518, 621, 735), as far as it is read.
type project struct {
	Project *struct {
		Name           string                       `toml:"name"`
		Version        string                       `toml:"version"`
		RequiresPython string                       `toml:"requires-python"`
		Dependencies   []string                     `toml:"dependencies"`
		Optional       map[string][]string          `toml:"optional-dependencies"`
		Dynamic        []string                     `toml:"dynamic"`
		Scripts        map[string]string            `toml:"scripts"`
		EntryPoints    map[string]map[string]string `toml:"entry-points"`
	} `toml:"project"`
	Groups      map[string]any `toml:"dependency-groups"`
	BuildSystem *struct {
		Backend  string   `toml:"build-backend"`
		Requires []string `toml:"requires"`
	} `toml:"build-system"`
	Tool struct {
		Poetry  *poetryTable `toml:"poetry"`
		UV      *uvTable     `toml:"uv"`
		PDM     any          `toml:"pdm"`
		Hatch   any          `toml:"hatch"`
		Maturin any          `toml:"maturin"`

		SetuptoolsRust any `toml:"setuptools-rust"`
		FastAPI        any `toml:"fastapi"`
		Setuptools     struct {
			Dynamic    map[string]any `toml:"dynamic"`
			PackageDir map[string]any `toml:"package-dir"`
			Packages   any            `toml:"packages"`
		} `toml:"setuptools"`
	} `toml:"tool"`

	file string
	text string
}

type poetryTable struct {
	Name         string                           `toml:"name"`
	Version      string                           `toml:"version"`
	Dependencies map[string]any                   `toml:"dependencies"`
	Scripts      map[string]any                   `toml:"scripts"`
	Plugins      map[string]any                   `toml:"plugins"`
	Group        map[string]any                   `toml:"group"`
	DevDeps      map[string]any                   `toml:"dev-dependencies"`
	Packages     []struct{ Include, From string } `toml:"packages"`
}

type uvTable struct {
	Sources   map[string]any `toml:"sources"`
	Workspace *struct {
		Members []string `toml:"members"`
		Exclude []string `toml:"exclude"`
	} `toml:"workspace"`
	Index []struct {
		URL string `toml:"url"`
	} `toml:"index"`
	Required string `toml:"required-version"`
	Backend  any    `toml:"build-backend"`
}

// readProject reads the pyproject.toml of a directory; nil without one.
func readProject(tree fs.FS, dir string) (*project, error) {
	name := path.Join(dir, projectFile)
	data, ok, err := repo.Read(tree, name)
	if err != nil || !ok {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := &project{file: name, text: string(data)}
	if err := toml.Unmarshal(data, p); err != nil {
		return nil, broken(name, err)
	}
	return p, nil
}

// broken says where a TOML file cannot be read.
func broken(name string, err error) error {
	line, why := 0, err.Error()
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = e.Position()
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s cannot be read: %s", repo.Place(name, line), strings.TrimPrefix(why, "toml: ")).
		WithHint("mend the file; pip, uv and poetry would refuse it too").WithClass(slipway.ClassCode)
}

func (p *planner) readProject() error {
	found, err := readProject(p.Tree, p.Dir)
	p.project = found
	return err
}

// line is the first line of the file that begins with a key; 0 without one.
func (p *project) line(key string) int { return lineOf(p.text, key) }

func lineOf(text, key string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), key); ok && (rest == "" || strings.ContainsRune(" =]\t", rune(rest[0]))) {
			return n
		}
	}
	return 0
}

// name of the project as its file gives it, "" when it has none.
func (p *project) name() string {
	switch {
	case p == nil:
		return ""
	case p.Project != nil && p.Project.Name != "":
		return p.Project.Name
	case p.Tool.Poetry != nil:
		return p.Tool.Poetry.Name
	}
	return ""
}

// dynamic tells whether the build backend finds out a field by itself.
func (p *project) dynamic(field string) bool {
	if p.Project == nil {
		return false
	}
	return slices.Contains(p.Project.Dynamic, field)
}

package manifest

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Frontend is a package of Node.js whose build the program serves. Both are
// directories of the repository.
type Frontend struct {
	Path   string `yaml:"path"`
	Output string `yaml:"output"` // where the program expects the built files; where the build leaves them by default
}

// Frontends are those of a service: one table, a list of them, or `false` for
// a service whose front end is not built with it.
type Frontends struct {
	List []Frontend
	None bool // none is looked for either
}

// Given tells whether anything is declared.
func (f Frontends) Given() bool { return f.None || len(f.List) > 0 }

// UnmarshalYAML reads the three forms.
func (f *Frontends) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.None = true // it is false, the reader saw to that
		return nil
	}
	if n.Kind == yaml.SequenceNode {
		return n.Decode(&f.List)
	}
	f.List = make([]Frontend, 1)
	return n.Decode(&f.List[0])
}

// frontends walks the three forms.
func (r reader) frontends(n *yaml.Node, at string) error {
	const form = "`frontend: {path: web, output: internal/ui/dist}`, a list of such, or `frontend: false` for a service without one"
	switch {
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return invalid(n.Line, "%s is an empty list", at).WithHint("write %s", form)
	case n.Kind == yaml.SequenceNode:
		return r.list(n, reflect.TypeFor[[]Frontend](), at)
	case n.Kind == yaml.MappingNode:
		return r.object(n, reflect.TypeFor[Frontend](), at)
	case n.Tag != "!!bool" || !strings.EqualFold(n.Value, "false"):
		return invalid(n.Line, "%s is %q, want a table, a list of tables or false", at, n.Value).WithHint("write %s", form)
	}
	return nil
}

// frontends are named as inputs are.
func (c checker) frontends(s *Service) error {
	for i := range s.Frontend.List {
		if err := c.frontend(c.frontendKey(i), &s.Frontend.List[i]); err != nil {
			return err
		}
	}
	return nil
}

// frontendKey is how the i-th front end is named: a table by itself has no
// number.
func (c checker) frontendKey(i int) string {
	if key := fmt.Sprintf("frontend[%d]", i); c.lines[join(c.at, key)] > 0 {
		return key
	}
	return "frontend"
}

func (c checker) frontend(key string, f *Frontend) error {
	if f.Path == "" {
		return c.fail(key, "the front end has no path").WithHint("name the directory of its package.json")
	}
	if err := c.input(key+".path", &f.Path, f.Path); err != nil || f.Output == "" {
		return err
	}
	if err := c.input(key+".output", &f.Output, f.Output); err != nil {
		return err
	}
	if f.Output == "." {
		return c.fail(key+".output", "the front end cannot be the whole repository").WithHint("name a directory of its own, for example static/dist")
	}
	return nil
}

package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
)

// reader walks the YAML beside the types that it will be decoded into, so
// that a mistake is named with its line before anything is decoded.
type reader struct {
	lines map[string]int // "services[0].port" -> line
	dir   string         // the file's, in the repository
}

func (r reader) walk(n *yaml.Node, t reflect.Type, at string) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return invalid(n.Line, "anchors and aliases are not read here").WithHint("write the value out")
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	r.lines[at] = n.Line
	switch {
	case t == reflect.TypeFor[Stamp]() && n.Kind == yaml.ScalarNode:
		return nil
	case t == reflect.TypeFor[Command]():
		return r.command(n, at)
	case t == reflect.TypeFor[Frontends]():
		return r.frontends(n, at)
	case t.Kind() == reflect.Struct:
		return r.object(n, t, at)
	case t.Kind() == reflect.Map:
		return r.table(n, t, at)
	case t.Kind() == reflect.Slice:
		return r.list(n, t, at)
	case n.Kind != yaml.ScalarNode:
		return invalid(n.Line, "%s is %s, want one value", at, shape(n))
	}
	return given(n, at)
}

// command is a line, or a list of words.
func (r reader) command(n *yaml.Node, at string) error {
	if n.Kind == yaml.SequenceNode {
		return r.list(n, reflect.TypeFor[[]string](), at)
	}
	if n.Kind != yaml.ScalarNode {
		return invalid(n.Line, "%s is %s, want a command line or a list of words", at, shape(n))
	}
	return given(n, at)
}

func given(n *yaml.Node, at string) error {
	if n.Tag == "!!null" {
		return invalid(n.Line, "%s has no value", at).WithHint("give it one or delete the line")
	}
	return nil
}

func (r reader) object(n *yaml.Node, t reflect.Type, at string) error {
	known := keys(t)
	if n.Kind != yaml.MappingNode && at != "" {
		return noTable(n, at).WithHint("its keys are %s: for example `{%s: …}`", strings.Join(known, ", "), known[0])
	}
	return r.entries(n, at, func(key, value *yaml.Node) error {
		i := slices.Index(known, key.Value)
		if i < 0 {
			if at == "" && ofService(t, key.Value) {
				return invalid(key.Line, "%q stands outside of a service", key.Value).WithHint("write `services:`, and below it `  - %s: …`", key.Value)
			}
			if here := elsewhere(t, key.Value); here != "" {
				return invalid(key.Line, "unknown key %q", key.Value).WithHint("write `%s`", here)
			}
			return unknown(key.Line, "key", key.Value, known)
		}
		return r.walk(value, t.Field(i).Type, join(at, key.Value))
	})
}

func (r reader) table(n *yaml.Node, t reflect.Type, at string) error {
	return r.entries(n, at, func(key, value *yaml.Node) error {
		return r.walk(value, t.Elem(), join(at, key.Value))
	})
}

func (r reader) entries(n *yaml.Node, at string, entry func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return noTable(n, at)
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Tag == "!!merge" {
			return invalid(key.Line, "a key of %s is not a plain word", label(at))
		}
		if first, twice := seen[key.Value]; twice {
			return invalid(key.Line, "%q is given a second time, first in line %d", key.Value, first)
		}
		seen[key.Value] = key.Line
		if err := entry(key, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func noTable(n *yaml.Node, at string) *slipway.Error {
	return invalid(n.Line, "%s is %s, want keys and values", label(at), shape(n))
}

func (r reader) list(n *yaml.Node, t reflect.Type, at string) error {
	if n.Kind != yaml.SequenceNode {
		return invalid(n.Line, "%s is %s, want a list", label(at), shape(n)).WithHint("write `- ` in front of each entry, or [A, B]")
	}
	for i, item := range n.Content {
		if err := r.walk(item, t.Elem(), fmt.Sprintf("%s[%d]", at, i)); err != nil {
			return err
		}
	}
	return nil
}

// keys are the names of a struct's exported fields in the file. The fields
// that are not exported come last, so that an index is that of the field.
func keys(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		if f.IsExported() {
			names = append(names, f.Tag.Get("yaml"))
		}
	}
	return names
}

// ofService tells whether a key is one of the entries of a list in t.
func ofService(t reflect.Type, key string) bool {
	for f := range t.Fields() {
		if f.Type.Kind() == reflect.Slice && slices.Contains(keys(f.Type.Elem()), key) {
			return true
		}
	}
	return false
}

// elsewhere is how a service says what its files for other tools say by this
// word, or what it says by it in another place; "" for none.
func elsewhere(t reflect.Type, word string) string {
	if t != reflect.TypeFor[Service]() {
		return ""
	}
	if slices.Contains(keys(reflect.TypeFor[Commands]()), word) {
		return "commands: {" + word + ": …}"
	}
	return map[string]string{
		"command": "commands: {start: …}", "cmd": "commands: {start: …}", "entrypoint": "commands: {start: …}", "run": "commands: {start: …}",
		"environment": "env: {NAME: value}", "volumes": "writable: [data]", "ports": "port: 8080", "healthcheck": "health: /healthz",
		"dockerfile": "language: dockerfile", "type": "kind: web", "test": "tests: {command: …}", "depends_on": "needs: [other]",
	}[strings.ToLower(word)]
}

// unknown refuses a word, and names the one that was probably meant.
func unknown(line int, what, word string, known []string) *slipway.Error {
	err := invalid(line, "unknown %s %q", what, word)
	const near = 3 // edits; beyond that a guess is noise
	best, distance := "", near
	for _, k := range known {
		if d := levenshtein.Distance(strings.ToLower(word), k, nil); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best != "" {
		return err.WithHint("did you mean %q?", best)
	}
	return err.WithHint("it may be %s", strings.Join(known, ", "))
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func label(at string) string {
	if at == "" {
		return "the file"
	}
	return at
}

func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a table"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "one value"
	}
}

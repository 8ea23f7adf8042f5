package manifest

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway/adapters/command"
)

// Command is a line as a shell reads it, or a list of words that no shell
// sees. The zero Command is none.
type Command struct {
	line  string
	words []string
}

// Commands replace what an adapter would run.
type Commands struct {
	Build   Command `yaml:"build"`   // instead of the language's own build, in its directory
	Start   Command `yaml:"start"`   // what the image starts
	Release Command `yaml:"release"` // runs once before a release starts, for example a migration
}

// UnmarshalYAML reads both forms.
func (c *Command) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode(&c.words)
	}
	return n.Decode(&c.line)
}

// Given tells whether there is a command.
func (c Command) Given() bool { return c.line != "" || len(c.words) > 0 }

// Exec gives the command in exec form, without a shell where it needs none.
func (c Command) Exec() []string {
	if len(c.words) > 0 {
		return slices.Clone(c.words)
	}
	parsed, _ := command.Parse(c.line) // it was checked
	args := parsed.Exec()
	if !parsed.NeedsShell() && len(parsed.Env) > 0 {
		// env(1) is not in every image; a shell sets variables, too.
		return []string{command.Shell, "-c", parsed.Replacing()}
	}
	return args
}

// Script gives the command as a shell script, for steps, which always have a
// shell.
func (c Command) Script() string {
	if len(c.words) == 0 {
		return c.line
	}
	quoted := make([]string, len(c.words))
	for i, w := range c.words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}

// String gives the command as a person would write it.
func (c Command) String() string {
	if len(c.words) > 0 {
		return strings.Join(c.words, " ")
	}
	return c.line
}

// Equal tells whether two commands are the same text.
func (c Command) Equal(other Command) bool {
	return c.line == other.line && slices.Equal(c.words, other.words)
}

func (c Command) valid() bool {
	if len(c.words) > 0 {
		return c.words[0] != "" && !strings.Contains(strings.Join(c.words, ""), "\x00")
	}
	_, ok := command.Parse(c.line)
	return ok
}

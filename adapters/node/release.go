package node

import (
	"cmp"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// release runs a command before a release starts.
func (p *planner) release(line string, why slipway.Evidence) error {
	words, err := p.releaseWords(line, why)
	if err != nil {
		return err
	}
	p.program.release = words
	why.Means, why.Knob = "`"+line+"` is run once before a release starts, not at every start", "commands: {release: …, start: …}"
	p.note(why)
	return nil
}

// releaseWords are a command in exec form, without the package manager that
// would run it; a line that is more than one command is a shell's.
func (p *planner) releaseWords(line string, why slipway.Evidence) ([]string, error) {
	plain, err := p.withoutManagers(line, why)
	if err != nil {
		return nil, err
	}
	c, ok := command.Parse(plain)
	if !ok || c.NeedsShell() || len(c.Env) > 0 {
		return p.shellWords(line, why)
	}
	words := p.unwrap(c.Args)
	switch {
	case len(words) > 0 && strings.Contains(words[0], "/") && p.shellScript(words[0]):
		script, _, err := repo.Read(p.Tree, path.Join(p.Dir, words[0]))
		return words, cmp.Or(err, p.withoutManager(words[0], script))
	case len(words) == 0 || words[0] == "node" || isShell(words[0]):
		return words, nil
	case strings.Contains(words[0], "/"):
		return append([]string{"node", path.Clean(words[0])}, words[1:]...), nil
	}
	p.useDev(p.binPackage(words[0]))
	return append([]string{"node", p.bin(words[0])}, words[1:]...), nil
}

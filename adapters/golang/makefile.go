package golang

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var makeTarget = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9_./-]*)\s*:(?:[^=]|$)`)

// makefile is the only target of the Makefile nearest to the module's root
// whose recipe makes code of protocols. Of several, nobody says which.
func (p *planner) makefile([]string) []maker {
	for dir := p.layout.root; ; dir = path.Dir(dir) {
		for _, name := range []string{"GNUmakefile", "makefile", "Makefile"} {
			file := path.Join(dir, name)
			if data, ok, _ := repo.Read(p.Tree, file); ok {
				if targets := protocolTargets(string(data)); len(targets) == 1 {
					t := targets[0]
					t.file, t.dir, t.run, t.whole = file, dir, "make "+command.Quoted(t.about), true
					t.about += ":"
					t.text = p.withTemplate(dir, t.text)
					return []maker{t}
				}
				return nil
			}
		}
		if dir == "." {
			return nil
		}
	}
}

// protocolTargets are those with such a recipe, each with the line and the
// text of it.
func protocolTargets(text string) []maker {
	var all []maker
	var current maker
	end := func() {
		if makesProtocols(current.text) {
			all = append(all, current)
		}
		current = maker{}
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "\t") {
			current.text += strings.TrimLeft(strings.TrimSpace(line), "@-") + "\n"
			continue
		}
		if m := makeTarget.FindStringSubmatch(line); m != nil {
			end()
			current = maker{about: m[1], line: i + 1}
		}
	}
	end()
	return all
}

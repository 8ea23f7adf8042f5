package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	scriptOfPM2 = regexp.MustCompile(`\bscript["']?\s*:\s*["'](?:\./)?([\w./-]+)["']`)
	// moreOfPM2 is what makes more of a script than the file that node runs.
	moreOfPM2 = regexp.MustCompile(`\b(?:args|interpreter|interpreter_args|node_args|cwd)["']?\s*:`)
)

// runPM2 starts the program that PM2 would start: the one that its command or
// its file names. A file that names several, or more than a program, is not
// understood without running it.
func (p *planner) runPM2(args []string, why slipway.Evidence) error {
	rest := onlyFiles(args[1:])
	if len(rest) > 0 && rest[0] == "start" {
		rest = rest[1:]
	}
	if len(rest) > 0 && !strings.Contains(rest[0], "ecosystem") && !strings.HasSuffix(rest[0], ".json") && !strings.Contains(rest[0], ".config.") {
		return p.startNode([]string{"node"}, rest[0], nil, why)
	}
	scripts, alone, file := p.ofPM2(rest)
	if len(scripts) == 1 && alone && (p.exists(scripts[0]) || p.mayBeBuilt(scripts[0])) {
		p.note(slipway.Evidence{File: file, Found: "script: " + scripts[0], Means: "the program that PM2 keeps alive, which whoever runs the image does; variables of this file are not set", Knob: "main: " + scripts[0]})
		return p.startNode([]string{"node"}, scripts[0], nil, why)
	}
	first := append(scripts, "server.js")[0]
	return invalid("%s starts PM2, which an image does not need: whoever runs it keeps one program alive", p.pkg.at("scripts.start")).
		WithHint("say what the program itself is: `commands: {start: node %s}` in slipway.yaml", first).WithDetails(why.Found)
}

// ofPM2 are the programs that PM2's own file names, and whether it says no
// more of how they are run.
func (p *planner) ofPM2(args []string) (scripts []string, alone bool, file string) {
	if len(args) == 0 {
		args = []string{"ecosystem.config.js"}
	}
	file = path.Join(p.Dir, args[0])
	data, _, _ := repo.Read(p.Tree, file) // what cannot be read says nothing
	for _, m := range scriptOfPM2.FindAllSubmatch(data, -1) {
		scripts = append(scripts, string(m[1]))
	}
	return scripts, !moreOfPM2.Match(data), file
}

package node

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// isScript tells whether what a tool is told to run is a script: yarn and
// bun take programs and files in the same place.
func (p *planner) isScript(tool, name string) bool {
	return p.pkg.Scripts[name] != "" || tool != "yarn" && tool != "bun"
}

// unwrapYarn takes yarn off what it runs, unless that is a script.
func (p *planner) unwrapYarn(args []string) ([]string, bool) {
	if len(args) > 0 && (args[0] == "run" || args[0] == "exec" || args[0] == "dlx") && (len(args) > 1 && (args[0] != "run" || p.pkg.Scripts[args[1]] == "")) {
		return args[1:], true
	}
	if len(args) == 0 || args[0] == "run" || args[0] == "start" || args[0] == "test" || p.pkg.Scripts[args[0]] != "" {
		return nil, false
	}
	return args, true
}

// runBun starts what bun is told to run: a script, the program of a package,
// or a file, with node where node can.
func (p *planner) runBun(args []string, why slipway.Evidence, depth int) error {
	options, args := bunOptions(args)
	switch {
	case len(args) == 0:
		return invalid("%s starts bun without a file", p.pkg.at("scripts.start")).WithDetails(why.Found)
	case p.pkg.Scripts[args[0]] != "":
		return p.runScript(args[0], depth+1)
	case path.Ext(args[0]) == "" && !strings.Contains(args[0], "/") && !p.exists(args[0]):
		return p.runBin(args, why)
	}
	file := path.Clean(args[0])
	if len(options) == 0 && !p.needsBun(file) {
		return p.startNode([]string{"node"}, file, args[1:], why)
	}
	return p.startBun(options, file, args[1:], why)
}

// bunOptions parts what bun itself is told from what it is told to run.
// Options that are for development are left out.
func bunOptions(args []string) (options, rest []string) {
	for len(args) > 0 && (args[0] == "run" || strings.HasPrefix(args[0], "-")) {
		word := args[0]
		args = args[1:]
		switch {
		case slices.Contains([]string{"--preload", "-r", "--conditions", "--define"}, word) && len(args) > 0:
			options, args = append(options, word, args[0]), args[1:]
		case slices.Contains([]string{"run", "--bun", "--watch", "--hot"}, word), strings.HasPrefix(word, "--env-file"), strings.HasPrefix(word, "--inspect"):
		default:
			options = append(options, word)
		}
	}
	return options, args
}

// bunOnly is what only bun has: its global object and its modules.
var bunOnly = regexp.MustCompile(`\bBun\.[a-zA-Z$]|["']bun(?::[a-z-]+)?["']`)

// bunTarget is a build for bun alone.
var bunTarget = regexp.MustCompile(`--target[= ]"?bun\b`)

// needsBun tells whether only bun can run a file: one that is not JavaScript,
// one of a program that uses bun's own interfaces, or one that exports its
// server instead of starting it.
func (p *planner) needsBun(file string) bool {
	if isTypeScript(file) || path.Ext(file) == ".jsx" || p.pkg.runs("elysia") {
		return true
	}
	for _, name := range sortedKeys(p.pkg.Scripts) {
		if bunTarget.MatchString(p.pkg.Scripts[name]) {
			return true
		}
	}
	return slices.ContainsFunc(p.sources.text, func(f sourceText) bool {
		return bunOnly.MatchString(f.text) || f.file == path.Join(p.Dir, file) && strings.Contains(f.text, "export default") && strings.Contains(f.text, "fetch")
	})
}

// startBun starts a file with bun, which the image then has.
func (p *planner) startBun(options []string, file string, rest []string, why slipway.Evidence) error {
	if p.manager.tool != toolBun {
		return invalid("%s starts %s with bun, and %s is installed with %s", p.pkg.at("scripts.start"), repo.Quote(file), repo.Quote(p.pkg.file()), p.manager.tool).
			WithHint(`name bun as the package manager ("packageManager": "bun@%s") and commit the bun.lock that "bun install" writes`, defaultBun).WithDetails(why.Found)
	}
	p.program.file, p.program.bun = file, true
	p.program.start = append(append(append([]string{bunProgram}, options...), file), rest...)
	p.started(why)
	p.note(slipway.Evidence{File: path.Join(p.Dir, file), Found: "a program for bun", Means: "the image has bun " + p.manager.version, Knob: "commands: {start: node …}"})
	return nil
}

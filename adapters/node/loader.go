package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// runLoader starts a TypeScript file with the loader that the script names,
// without watching; when the package compiles, what is compiled is started.
func (p *planner) runLoader(args []string, why slipway.Evidence) error {
	loader := args[0]
	options, rest := loaderOptions(args[1:])
	if len(rest) == 0 {
		return invalid("%s starts %s without a file", p.pkg.at("scripts.start"), args[0]).WithDetails(why.Found)
	}
	if loader == "ts-node-dev" || loader == "tsnd" {
		return p.startTypeScript(path.Clean(rest[0]), rest[1:], why)
	}
	p.program.file = path.Clean(rest[0])
	if loader == "tsx" && len(options) == 0 {
		p.program.start = append([]string{"node", "--import", "tsx", p.program.file}, rest[1:]...)
	} else {
		p.program.start = append(append([]string{"node", p.bin(loader)}, options...), rest...)
	}
	for _, option := range options {
		p.useDev(packageOf(option))
	}
	p.useDev(p.binPackage(loader))
	p.started(why)
	return nil
}

// loaderOptions takes off the options of a loader, with their values, and
// leaves out those that watch.
func loaderOptions(args []string) (options, rest []string) {
	for rest = args; len(rest) > 0 && (strings.HasPrefix(rest[0], "-") || rest[0] == "watch"); {
		n := 1
		if len(rest) > 1 && loaderTakesValue(rest[0]) {
			n++
		}
		if rest[0] != "watch" && !strings.HasPrefix(rest[0], "--respawn") {
			options = append(options, rest[:n]...)
		}
		rest = rest[n:]
	}
	return options, rest
}

// loaderTakesValue tells whether the next word is an option's own, of
// ts-node, ts-node-dev and tsx beside those of node.
func loaderTakesValue(option string) bool {
	return slices.Contains(takesValue(), option) ||
		slices.Contains([]string{"-P", "--project", "--tsconfig", "-O", "--compilerOptions", "--compiler", "-I", "--ignore", "--dir", "--cwd", "--scope-dir", "--ignore-watch"}, option)
}

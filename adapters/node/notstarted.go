package node

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// notStarted are programs that an image cannot be started with: they run
// several others, or something that is no service.
func notStarted() []string {
	return []string{"deno", "docker", "docker-compose", "concurrently", "npm-run-all", "run-s", "run-p", "turbo", "nx", "lerna", "electron", "electron-forge", "electron-vite", "storybook", "start-storybook", "meteor", "make"}
}

// onDesks are programs that play a host of functions for developers.
func onDesks() []string {
	return []string{"serverless", "sls", "sst", "netlify", "vercel", "wrangler", "firebase"}
}

// notStarted refuses to start such a program, or a package manager, and says
// what to write in its place.
func (p *planner) notStarted(program string, why slipway.Evidence) error {
	if slices.Contains(onDesks(), program) {
		return invalid("%s starts %s, which plays a host of functions on a desk", p.pkg.at("scripts.start"), program).
			WithHint("functions of a host are deployed by %s; a service has a program that listens: `commands: {start: node server.js}` in slipway.yaml", program).WithDetails(why.Found)
	}
	return invalid("%s starts %s, which an image cannot be started with", p.pkg.at("scripts.start"), program).
		WithHint("say what the program itself is, in a start script or in slipway.yaml: `commands: {start: %s}`", p.ofNode()).WithDetails(why.Found)
}

// runInTurn starts what npm-run-all runs one after the other, the last of
// which is what stays; several at a time are several services.
func (p *planner) runInTurn(args []string, why slipway.Evidence, depth int) error {
	if depth > maxIndirection || slices.ContainsFunc(args, func(w string) bool {
		return w == "-p" || w == "--parallel" || w == "run-p" || strings.ContainsAny(w, "*{")
	}) {
		return p.notStarted(args[0], why)
	}
	var lines []string
	for _, name := range onlyFiles(args[1:]) {
		lines = append(lines, "npm run "+name)
	}
	if len(lines) == 0 {
		return p.notStarted(args[0], why)
	}
	return p.runLine(strings.Join(lines, " && "), why, depth+1)
}

// ofNode is the line of a script that starts node, for a hint.
func (p *planner) ofNode() string {
	for _, name := range sortedKeys(p.pkg.Scripts) {
		if words := p.finalWords(p.pkg.Scripts[name], 0); len(words) == 2 && words[0] == "node" {
			return "node " + words[1]
		}
	}
	return "node dist/server.js"
}

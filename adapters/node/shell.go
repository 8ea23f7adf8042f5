package node

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// runShell starts a line that only a shell understands, with the programs of
// the packages at hand, as npm has them. npm and its like are not in the
// image: what they would run stands in their place.
func (p *planner) runShell(line string, why slipway.Evidence) error {
	if _, ok := command.Parse(line); !ok {
		return invalid("%s: %.200q is not a command", p.pkg.at("scripts"), line).WithHint("say what to start in slipway.yaml, for example `commands: {start: node dist/server.js}`")
	}
	words, err := p.shellWords(line, why)
	if err != nil {
		return err
	}
	p.program.start = words
	why.Means, why.Knob = "run by a shell, which the line needs", "commands: {start: node …}"
	p.note(why)
	return nil
}

// shellWords start a shell with a line that needs one.
func (p *planner) shellWords(line string, why slipway.Evidence) ([]string, error) {
	line, err := p.withoutManagers(line, why)
	if err != nil {
		return nil, err
	}
	c, ok := command.Parse(line)
	if !ok {
		return nil, invalid("%s is not a command", p.pkg.at("scripts")).WithDetails(why.Found)
	}
	return []string{command.Shell, "-c", "export PATH=" + p.binPath() + ":$PATH; " + c.Replacing()}, nil
}

// withoutManagers writes a shell's line without the package managers that run
// scripts and programs in it, and takes the packages into the image that its
// programs are of. It fails for what no image is started with.
func (p *planner) withoutManagers(line string, why slipway.Evidence) (string, error) {
	for range maxIndirection {
		var err error
		next := command.Rewrite(line, func(words []string) (int, string) {
			drop, text := p.inShell(words)
			if drop == 0 && len(words) > 0 {
				if err == nil {
					err = p.fitsShell(words, why)
				}
				p.useDev(p.binPackage(words[0]))
			}
			return drop, text
		})
		if next == line {
			return line, err
		}
		line = next
	}
	return "", invalid("%s: the scripts hand over to one another without end", p.pkg.at("scripts")).WithDetails(why.Found)
}

// fitsShell refuses a call that is left in a shell's line and cannot be made
// in an image.
func (p *planner) fitsShell(words []string, why slipway.Evidence) error {
	if dir, ok := p.handsOver(words); ok {
		return p.otherPackage(dir, why)
	}
	if words[0] == "cd" && len(words) > 1 && p.hasPackage(words[1]) {
		return p.otherPackage(words[1], why)
	}
	if name, ok := scriptOf(words); ok && p.isScript(words[0], name) && p.pkg.Scripts[name] == "" {
		return p.noScript(name)
	}
	if words[0] == "exec" && len(words) > 1 {
		return p.fitsShell(words[1:], why)
	}
	if isManager(words[0]) || slices.Contains(notStarted(), words[0]) {
		return p.notStarted(words[0], why)
	}
	return nil
}

// inShell is what a package manager's call in a shell's line runs: a script's
// own line, or a program, which is found without it. drop is how many words
// that stands for, 0 when this is no such call.
func (p *planner) inShell(words []string) (drop int, text string) {
	if len(words) > 1 && words[0] == "exec" {
		if drop, text = p.inShell(words[1:]); drop > 0 {
			drop++
		}
		return drop, text
	}
	if len(words) == 0 || !isManager(words[0]) || ofOthers(words) {
		return 0, ""
	}
	if name, ok := scriptOf(words); ok && p.pkg.Scripts[name] != "" {
		drop = slices.Index(words, name) + 1
		if drop < len(words) && words[drop] == "--" {
			drop++
		}
		return drop, p.pkg.Scripts[name]
	}
	if slices.Contains(words, "--if-present") {
		return len(words), "true"
	}
	rest, ok := p.unwrapOne(words)
	if !ok || len(rest) == 0 {
		return 0, ""
	}
	return len(words) - len(rest) + 1, command.Line(rest[:1])
}

// ofOthers tells whether a package manager is told to work in another package.
func ofOthers(words []string) bool {
	if end := slices.Index(words, "--"); end >= 0 {
		words = words[:end]
	}
	_, dir := withoutPlace(words)
	return dir != "." || slices.ContainsFunc(words, func(w string) bool {
		name, _, _ := strings.Cut(w, "=")
		return slices.Contains([]string{"-w", "--workspace", "--workspaces", "-F", "--filter"}, name)
	})
}

// isManager tells whether a program is one of a package manager, none of which
// is in the image.
func isManager(program string) bool {
	return slices.Contains([]string{"npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "corepack"}, program)
}

// isShell tells whether a program reads a script of the repository.
func isShell(program string) bool {
	return slices.Contains([]string{"sh", "bash", "dash", "/bin/sh", "/bin/bash"}, program)
}

// shellScript tells whether a file is a script for a shell.
func (p *planner) shellScript(file string) bool {
	data, found, err := repo.Read(p.Tree, path.Join(p.Dir, file))
	first, _, _ := bytes.Cut(data, []byte("\n"))
	return err == nil && found && (path.Ext(file) == ".sh" || bytes.HasPrefix(first, []byte("#!")) && bytes.HasSuffix(bytes.TrimSpace(first), []byte("sh")))
}

var assignment = regexp.MustCompile(`^[A-Za-z_]\w*=`)

// runShellScript starts a script of the repository as it is, when the image
// has what it calls.
func (p *planner) runShellScript(args []string, file string, why slipway.Evidence) error {
	data, found, err := repo.Read(p.Tree, path.Join(p.Dir, file))
	if err != nil {
		return err
	}
	if !found {
		return invalid("%s starts %s, which is not in the repository", p.pkg.at("scripts.start"), repo.Quote(file)).WithDetails(why.Found)
	}
	if err := p.withoutManager(file, data); err != nil {
		return err
	}
	p.program.start = args
	p.started(why)
	return nil
}

// withoutManager refuses a script that calls a package manager, which the image
// has not.
func (p *planner) withoutManager(file string, script []byte) error {
	for i, line := range strings.Split(string(script), "\n") {
		words := strings.Fields(line)
		for len(words) > 0 && (words[0] == "exec" || assignment.MatchString(words[0])) {
			words = words[1:]
		}
		if len(words) > 1 && isManager(words[0]) && line == strings.TrimLeft(line, " \t") {
			return invalid("%s runs %s, which is not in the image", repo.Place(path.Join(p.Dir, file), i+1), words[0]).
				WithHint("write what it would run: `node dist/server.js`, or a package's program as node_modules/.bin/%s", p.programOf(words)).WithDetails(strings.TrimSpace(line))
		}
	}
	return nil
}

// programOf is the program that a package manager's words run, for a hint.
func (p *planner) programOf(words []string) string {
	if rest, ok := p.unwrapOne(words); ok && len(rest) > 0 {
		return rest[0]
	}
	return "NAME"
}

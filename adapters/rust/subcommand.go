package rust

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	subcommands = regexp.MustCompile(`#\[derive\([^)\n]*\bSubcommand\b[^)\n]*\)\]\s*(?:(?:#\[[^\n]*|//[^\n]*)\s*)*(?:pub(?:\([a-z]+\))?\s+)?enum\s+(\w+)\s*\{`)
	variant     = regexp.MustCompile(`^([A-Z]\w*)\s*(?:[,{(]|$)`)
	// renamed is a command that is not called as its variant.
	renamed = regexp.MustCompile(`\b(?:name|rename_all)\s*=`)
	hump    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	// portArgument is a default of clap's for an argument that is a port.
	portArgument = regexp.MustCompile(`#\[(?:arg|clap|structopt)\([^\]\n]*\bdefault_value(?:_t)?\s*=\s*"?([1-9][0-9]{3,4})"?[^\]\n]*\)\]\s*(?:(?:#\[[^\n]*|//[^\n]*)\s*)*(?:pub\s+)?(\w*port)\s*:`)
)

// maxEnums is how many of a file are looked at, and how many arguments.
const maxEnums = 50

// commands notes, of a program that clap takes apart into sub-commands and
// which does nothing without one, the one that serves.
func (f *findings) commands(name, text string) {
	for _, m := range portArgument.FindAllStringSubmatchIndex(text, maxEnums) {
		f.line(name, 1+strings.Count(text[:m[2]], "\n"), text[m[4]:m[5]]+" = "+text[m[2]:m[3]])
	}
	for _, m := range subcommands.FindAllStringSubmatchIndex(text, maxEnums) {
		must := regexp.MustCompile(`\bParser\b[^{}]*\{[^{}]*?#\[(?:command|clap|structopt)\([^)\n]*\bsubcommand\b[^)\n]*\)\]\s*(?:pub\s+)?\w+\s*:\s*` + text[m[2]:m[3]] + `\b`)
		var all []string
		body := block(text[m[1]-1:])
		if renamed.MatchString(text[m[0]:m[1]]) || renamed.MatchString(body) {
			continue
		}
		for _, v := range variants(body) {
			all = append(all, strings.ToLower(hump.ReplaceAllString(v, "$1-$2")))
		}
		if c := repo.ServingCommand(all); c != "" && f.command.Found == "" && must.MatchString(text) {
			f.command, f.serve = slipway.Evidence{File: name, Line: 1 + strings.Count(text[:m[0]], "\n"), Found: "sub-commands: " + strings.Join(all, ", ")}, c
		}
	}
}

// variants are the names of an enum's, by its body with the first brace.
func variants(body string) []string {
	var all []string
	depth := 0
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if m := variant.FindStringSubmatch(line); m != nil && depth == 1 {
			all = append(all, m[1])
		}
		depth += strings.Count(line, "{") + strings.Count(line, "(") - strings.Count(line, "}") - strings.Count(line, ")")
	}
	return all
}

// serving starts a program that has sub-commands with the one that serves.
func (p *planner) serving(plan *slipway.Plan) {
	_, clap := p.crates["clap"]
	if e := p.sources.command; clap && e.Found != "" && plan.Kind == slipway.KindWeb && !p.custom() && !p.Declared.Commands.Start.Given() {
		plan.Start = append(plan.Start, p.sources.serve)
		e.Means, e.Knob = "started as "+path.Base(p.program())+" "+p.sources.serve+", which serves", "commands: {start: …}"
		plan.Evidence = append(plan.Evidence, e)
	}
}

package python

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// optionNamed is the beginning of an option with a long name, in the words of
// argparse, click and Tornado.
const optionNamed = `\b(?:define|add_argument|option)\(\s*(?:["']-\w["']\s*,\s*)?["'](?:--)?`

var (
	hostOption = regexp.MustCompile(optionNamed + `(host|address|bind)["']\s*,(?:[^()]*?\bdefault\s*=)?\s*` + ownHost)
	anyOption  = regexp.MustCompile(`\badd_argument\(|\b(?:define|option)\(\s*["']`)
	// otherWords are what makes a program's arguments more than options.
	otherWords = regexp.MustCompile(`\badd_subparsers\(|@\w+\.group\b|\badd_argument\(\s*["'][a-z]`)
)

// tellPort gives a program that has an option for its port, and reads PORT
// nowhere, that option, so that others can choose the port.
func (p *planner) tellPort(args []string, file string) []string {
	files := p.reachable(p.modules[file])
	says := func(pattern *regexp.Regexp) bool {
		return slices.ContainsFunc(files, func(q *module) bool { return pattern.MatchString(p.text(q.file)) })
	}
	if kind := cmp.Or(p.Declared.Kind, p.kindOf(file).Kind); kind != slipway.KindWeb || says(readsPort) || says(otherWords) {
		return args
	}
	if n, _, all := p.portIn(callPort, files); n != 0 && all {
		return args // whatever the option is for
	}
	files = slices.DeleteFunc(files, func(q *module) bool { return !anyOption.MatchString(p.text(q.file)) })
	if len(files) != 1 {
		return args // each has its own options
	}
	q, text := files[0], p.text(files[0].file)
	at := optionPort.FindStringSubmatchIndex(text)
	if at == nil || commented(text, at[0]) || slices.Contains(repo.OthersPorts(), text[at[2]:at[3]]) || strings.HasPrefix(text[at[0]:], "define") && !says(regexp.MustCompile(`parse_command_line`)) {
		return args
	}
	words := []string{path.Base(args[0])}
	for _, arg := range args[1:] {
		words = append(words, word(arg))
	}
	words = append(words, "--port=$PORT")
	if host := hostOption.FindStringSubmatch(text); host != nil {
		words = append(words, "--"+host[1]+"=0.0.0.0")
	}
	p.start.file = file
	p.note(slipway.Evidence{File: q.file, Line: lineAt(text, at[0]), Found: "an option for the port", Means: "it is told PORT by " + path.Base(file) + "'s own option"})
	return shell(strings.Join(words, " "))
}

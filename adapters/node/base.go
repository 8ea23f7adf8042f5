package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// pathOption is what a configuration gives an option that is a path: the
// path, or the variable of the build that names it, with what stands in for
// that.
type pathOption struct {
	path     string
	variable string
	text     string // as it is written
}

// value of an option: a path as it is written, or as it is for production
// where the text makes that distinction, or a variable with a default.
const optionValue = `(?:[\w.]+\s*={2,3}\s*["'](?:production|build)["']\s*\?\s*)?(?:` +
	`["'` + "`" + `](/[^"'` + "`" + `$\n]*)["'` + "`" + `]` +
	`|\(?(?:process\.env|import\.meta\.env|env)(?:\.|\[["'])(\w+)(?:["']\])?(?:\s*(?:\|\||\?\?)\s*["'` + "`" + `]([^"'` + "`" + `$\n]*)["'` + "`" + `])?)`

// baseOption reads the option of a name, which may be the name of a constant
// of the file; zero for none.
func baseOption(name, text string) pathOption {
	if !strings.Contains(text, name) {
		return pathOption{}
	}
	if m := regexp.MustCompile(`\b` + name + `\s*:\s*` + optionValue).FindStringSubmatch(text); m != nil {
		return newPathOption(m)
	}
	constant := name
	if m := regexp.MustCompile(`\b` + name + `\s*:\s*([A-Za-z_]\w*)\s*[,}\n]`).FindStringSubmatch(text); m != nil {
		constant = m[1]
	} else if !regexp.MustCompile(`[{,]\s*` + name + `\s*[,}]`).MatchString(text) {
		return pathOption{}
	}
	if m := regexp.MustCompile(`\b(?:const|let|var)\s+` + constant + `(?:\s*:\s*string)?\s*=\s*` + optionValue).FindStringSubmatch(text); m != nil {
		return newPathOption(m)
	}
	return pathOption{}
}

// newPathOption takes the groups of optionValue.
func newPathOption(m []string) pathOption {
	if m[2] == "" {
		return pathOption{path: m[1]}
	}
	return pathOption{path: m[3], variable: m[2], text: oneLine(strings.TrimPrefix(m[0], "("))}
}

// baseSaid is the path that a flag of the build gives, else the option of a
// name; "" for none. A variable is what buildEnv says, else its default is
// taken, and the plan tells which.
func (p *planner) baseSaid(flag, name, text, file string) string {
	if flag != "" {
		return flag
	}
	o := baseOption(name, text)
	if o.variable == "" {
		return o.path
	}
	e := slipway.Evidence{File: file, Found: o.text, Knob: "buildEnv: {" + o.variable + ": …}"}
	value, set := p.Declared.BuildEnv[o.variable]
	switch {
	case set:
		e.Means = "built for " + value + ", as buildEnv says"
	case (!strings.Contains(o.text, "process.env") || p.pkg.has("next")) && p.dotEnv(o.variable) != "":
		value = p.dotEnv(o.variable)
		e.Means = "built for " + value + ", as the committed .env says"
	case o.path == "":
		e.Means = "built for /: the build does not set " + o.variable
	default:
		value = o.path
		e.Means = "built for " + value + ", which stands in for " + o.variable + ": the build does not set it"
	}
	p.note(e)
	return value
}

// dotEnv is a variable of the files that Vite and Next.js read for a build,
// "" where none has it.
func (p *planner) dotEnv(variable string) string {
	for _, name := range []string{".env.production", ".env"} {
		data, _, err := repo.Read(p.Tree, path.Join(p.Dir, name))
		if err != nil {
			continue // whoever needs the file says what is wrong with it
		}
		for line := range strings.Lines(string(data)) {
			if key, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "="); ok && strings.TrimSpace(key) == variable {
				return strings.Trim(strings.TrimSpace(value), `"'`)
			}
		}
	}
	return ""
}

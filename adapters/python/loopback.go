package python

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const ownHost = `["'](?:127\.0\.0\.1|localhost|::1)["']`

var (
	// hostRead is a variable that names the address, with the loopback for a
	// default.
	hostRead = regexp.MustCompile(`(?:os\.environ\.get|os\.getenv|getenv|environ\.get|config|env)\(\s*["'](` + repo.HostVariable + `)["']\s*,\s*(?:default\s*=\s*)?` + ownHost)
	// listenOwn is a call to listen that is told an address which nobody else
	// reaches.
	listenOwn = regexp.MustCompile(`(?m)(?:(?:\.run|\.run_server|^\s*run|run_app|\.serve|\.launch|\.listen|\.Config|start_server|create_server)\((?:[^()]|\([^()]*\))*?\b(?:host|address|server_name)\s*=\s*` +
		`|(?:HTTPServer|TCPServer|WSGIServer|\.bind)\(\s*\(\s*|(?:make_server|run_simple)\(\s*|start_server\(\s*\w+\s*,\s*)` + ownHost)
	listenCall = regexp.MustCompile(`\b(uvicorn|app|application)\.run\(((?:[^()]|\([^()]*\))*)\)`)
)

// listenOutward sets the variable by which the started program takes an
// address that others reach, and warns where it takes none.
func (p *planner) listenOutward(env map[string]string) map[string]string {
	m := p.modules[p.started()]
	if m == nil {
		return env
	}
	for _, q := range p.reachable(m) {
		text := p.text(q.file)
		if strings.Contains(text, "0.0.0.0") {
			return env
		}
		if at := hostRead.FindStringSubmatchIndex(text); at != nil {
			variable := text[at[2]:at[3]]
			if env[variable] == "" && p.Declared.Env[variable] == "" {
				env[variable] = "0.0.0.0"
				p.note(repo.Outward(slipway.Evidence{File: q.file, Line: lineAt(text, at[0]), Found: text[at[0]:at[1]]}, variable))
			}
			return env
		}
	}
	for _, q := range p.reachable(m) {
		if e := p.listensOwn(q); e.Found != "" {
			p.note(e)
			return env
		}
	}
	return env
}

// listensOwn is a call of a file that listens on the loopback: it says so, or
// says nothing and the server does that then.
func (p *planner) listensOwn(m *module) slipway.Evidence {
	text := p.text(m.file)
	says := func(word string) bool { return strings.Contains(text, word) }
	if !says(".run(") && !says("localhost") && !says("127.0.0.1") && !says("::1") {
		return slipway.Evidence{} // a pattern costs a hundred times as much
	}
	if at := listenOwn.FindStringIndex(text); at != nil {
		return repo.Loopback(slipway.Evidence{File: m.file, Line: lineAt(text, at[1]), Found: oneLine(text[at[0]:at[1]])})
	}
	at := listenCall.FindStringSubmatchIndex(text)
	if at == nil {
		return slipway.Evidence{}
	}
	maker := map[string]string{"uvicorn": "uvicorn"}[text[at[2]:at[3]]]
	if maker == "" && (slices.Contains(m.imported, "flask") || slices.Contains(m.imported, "quart")) {
		maker = "Flask"
	}
	if maker == "" || strings.Contains(text[at[4]:at[5]], "host") || strings.Contains(text[at[4]:at[5]], "**") {
		return slipway.Evidence{}
	}
	e := repo.Loopback(slipway.Evidence{File: m.file, Line: lineAt(text, at[0]), Found: oneLine(text[at[0]:at[1]])})
	e.Means = maker + ` listens on 127.0.0.1 where no host is said, which nobody outside the container reaches: say host="0.0.0.0"`
	return e
}

// lineAt is the line of a place in a text.
func lineAt(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

// oneLine is a text of the sources in a sentence.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), 80)]
}

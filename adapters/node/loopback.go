package node

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const ownHost = `["'` + "`" + `](?:127\.0\.0\.1|localhost|::1)["'` + "`" + `]`

var (
	hostRead = regexp.MustCompile(`\bprocess\.env(?:\.|\[["'])(?:` + repo.HostVariable + `)(?:["']\])?\s*(?:\|\||\?\?)\s*` + ownHost)
	hostName = regexp.MustCompile(`process\.env(?:\.|\[["'])(\w+)`)
	// listenOwn is what follows a call to listen that is told an address which
	// nobody else reaches.
	listenOwn = regexp.MustCompile(`^\(\s*(?:[^(){};]|\([^()]*\)|\{[^{}]*?)*?` + ownHost)
	// fastifyOwn is how Fastify is told a port and no address: it takes
	// localhost then (fastify, docs/Reference/Server.md, listen).
	fastifyOwn = regexp.MustCompile(`^\(\s*\{\s*port\b[^{}]*\}`)
	// hapiOwn is how Hapi's own tutorial makes a server.
	hapiOwn  = regexp.MustCompile(`(\.[sS]erver\(\s*\{[^{}]*?\bhost\s*:\s*` + ownHost + `)`)
	hostSaid = regexp.MustCompile(`\bhost\b`)
)

// listenOutward sets the variable by which the program takes an address that
// others reach, and warns where it takes none.
func (p *planner) listenOutward(env map[string]string) {
	if e := p.sources.hostRead(); e.Found != "" {
		variable := hostName.FindStringSubmatch(e.Found)[1]
		if env[variable] == "" && p.Declared.Env[variable] == "" {
			env[variable] = "0.0.0.0"
			p.note(repo.Outward(e, variable))
		}
		return
	}
	if slices.ContainsFunc(p.sources.text, func(f sourceText) bool { return strings.Contains(f.text, "0.0.0.0") }) {
		return
	}
	if e := p.sources.called(listenOwn); e.Found != "" && p.sources.allListenOwn() {
		p.note(repo.Loopback(e))
		return
	}
	if found, file, line := p.sources.find(hapiOwn, "localhost", "127.0.0.1"); found != "" && p.pkg.has("@hapi/hapi") {
		p.note(repo.Loopback(slipway.Evidence{File: file, Line: line, Found: strings.Join(strings.Fields(strings.TrimPrefix(found, ".")), " ")}))
		return
	}
	if e := p.sources.called(fastifyOwn); e.Found != "" && p.pkg.has("fastify") && !hostSaid.MatchString(e.Found) {
		e = repo.Loopback(e)
		e.Means = "Fastify listens on localhost where no host is said, which nobody outside the container reaches: say host: '0.0.0.0'"
		p.note(e)
	}
}

// hostRead is where a variable names the address, and the loopback stands in
// for it.
func (s sources) hostRead() slipway.Evidence {
	for _, f := range s.text {
		if !strings.Contains(f.text, "process.env") || !strings.Contains(f.text, "127.0.0.1") && !strings.Contains(f.text, "localhost") {
			continue
		}
		if at := hostRead.FindStringIndex(f.text); at != nil {
			return f.at(at[0], f.text[at[0]:at[1]])
		}
	}
	return slipway.Evidence{}
}

// allListenOwn tells that no call to listen has another address: one more, for
// metrics or in a stand-in, may well be for itself.
func (s sources) allListenOwn() bool {
	for _, f := range s.text {
		for from := 0; ; {
			at := strings.Index(f.text[from:], ".listen(")
			if at < 0 {
				break
			}
			from += at + len(".listen")
			if !listenOwn.MatchString(f.text[from:min(len(f.text), from+mostOfCall)]) {
				return false
			}
		}
	}
	return true
}

// mostCalls are looked at; no program has as many.
const mostCalls = 2000

// mostOfCall is how many bytes of a call are looked at.
const mostOfCall = 400

// called gives the first call to listen whose arguments, in brackets, match.
func (s sources) called(arguments *regexp.Regexp) slipway.Evidence {
	tries := 0
	for _, f := range s.text {
		for _, call := range []string{".listen", "serve"} {
			for from := 0; ; {
				at := indexCall(f.text[from:], call+"(")
				if tries++; at < 0 || tries > mostCalls {
					break
				}
				from += at + len(call)
				if found := arguments.FindString(f.text[from:min(len(f.text), from+mostOfCall)]); found != "" {
					return f.at(from+len(found), oneLine(call+found))
				}
			}
		}
	}
	return slipway.Evidence{}
}

// oneLine is a text of the sources in a sentence.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), 80)]
}

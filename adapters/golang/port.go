package golang

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	// fixedPort is an address to listen on as net.Listen reads it.
	fixedPort = regexp.MustCompile(`^(?:127\.0\.0\.1|0\.0\.0\.0|localhost)?:[0-9]{2,5}$`)
	// tagDefault is such an address in a tag of a field.
	tagDefault = regexp.MustCompile(`\b(?:default|envDefault|env-default):"((?:127\.0\.0\.1|0\.0\.0\.0|localhost)?:[0-9]{2,5})"`)
	// namesPort is the variable's name in a text or in the tag of a field.
	namesPort = regexp.MustCompile("[\"`]PORT\\b")
)

// notePort tells of an address in a web service that does not ask for PORT.
func (p *planner) notePort(sources []source, texts []text) {
	if k := cmp.Or(p.Declared.Kind, p.guessKind().Kind, slipway.KindWeb); k != slipway.KindWeb || p.custom() || p.tellsPort() {
		return
	}
	texts = append(texts, p.tagged(sources)...)
	if named := fixed(texts); p.signs.everywhere || len(named) > 0 && !repo.IsLoopback(named[0].text) || !p.noteHost(sources) { // else such a variable is of another service's address
		p.noteLoopback(texts)
	}
	if p.readsPort() || p.port != 0 {
		return
	}
	all := fixed(texts)
	own := p.own(all)
	if port, ok := onlyPort(own); ok {
		p.fixPort(port, own[0])
	} else if port, t := p.namedPort(sources); port != 0 {
		p.fixPort(port, t)
	} else if port, ok := onlyPort(all); ok && !p.signs.open {
		p.fixPort(port, all[0])
	} else if len(all) > 0 {
		p.note(slipway.Evidence{File: all[0].file, Line: all[0].line, Found: all[0].text, Means: "nothing reads PORT: the program may listen there whatever PORT is; read PORT and listen on all addresses"})
	}
}

// fixPort takes a port of the program's own for PORT.
func (p *planner) fixPort(port int, t text) {
	p.port = port
	p.note(repo.FixedPort(slipway.Evidence{File: t.file, Line: t.line, Found: t.text}, port))
}

// noteHost sets the variable by which the program takes an address that others
// reach, where it has the loopback by itself.
func (p *planner) noteHost(sources []source) bool {
	for _, s := range sources {
		h, ok := repo.OwnHost(string(p.read[s.name]))
		if !ok || p.Declared.Env[h.Variable] != "" {
			continue
		}
		p.host = map[string]string{h.Variable: "0.0.0.0" + h.Port}
		p.note(repo.Outward(slipway.Evidence{File: s.name, Line: h.Line, Found: h.Found}, h.Variable))
		if n := h.Number(); n >= repo.LowestPort && !p.readsPort() {
			p.fixPort(n, text{h.Found, s.name, h.Line})
		}
		return true
	}
	return false
}

// tagged are the addresses that tags of fields have for defaults.
func (p *planner) tagged(sources []source) []text {
	var all []text
	for _, s := range sources {
		data := p.read[s.name]
		for _, at := range tagDefault.FindAllSubmatchIndex(data, -1) {
			all = append(all, text{string(data[at[2]:at[3]]), s.name, 1 + bytes.Count(data[:at[2]], []byte("\n"))})
		}
	}
	return all
}

// namedPort is the only number that stands beside a name of the program's own
// port, as a flag or a setting has it.
func (p *planner) namedPort(sources []source) (port int, found text) {
	for _, s := range sources {
		if repo.OfClient(s.name) {
			continue
		}
		n := 0
		for line := range strings.Lines(string(p.read[s.name])) {
			n++
			switch own, what := repo.OwnPort(line); {
			case own == 0 || own == port:
			case port != 0:
				return 0, text{}
			default:
				port, found = own, text{what, s.name, n}
			}
		}
	}
	return port, found
}

// fixed are the addresses that a program names; those for the machine itself
// (a profiler's) only where there is no other.
func fixed(texts []text) []text {
	texts = slices.DeleteFunc(slices.Clone(texts), func(t text) bool {
		return !fixedPort.MatchString(t.text) || slices.Contains(repo.OthersPorts(), t.text[strings.LastIndexByte(t.text, ':')+1:])
	})
	if outward := slices.DeleteFunc(slices.Clone(texts), func(t text) bool { return repo.IsLoopback(t.text) }); len(outward) > 0 {
		return outward
	}
	return texts
}

// own leaves out, of a few addresses, those that the program has beside its
// own: for its measures, or for gRPC.
func (p *planner) own(texts []text) []text {
	const few = 20 // their files are read again
	if len(texts) > few {
		return texts
	}
	return slices.DeleteFunc(slices.Clone(texts), func(t text) bool {
		n := 1
		for line := range bytes.Lines(p.read[t.file]) {
			if n == t.line {
				return repo.Aside(string(line), t.text[strings.LastIndexByte(t.text, ':')+1:])
			}
			n++
		}
		return false
	})
}

// onlyPort is the one port of some addresses, on all addresses of the machine.
func onlyPort(texts []text) (int, bool) {
	var all []string
	for _, t := range texts {
		all = append(all, strings.TrimPrefix(t.text, "0.0.0.0"))
	}
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(all) != 1 || all[0][0] != ':' {
		return 0, false
	}
	port, err := strconv.ParseUint(all[0][1:], 10, 16)
	return int(port), err == nil && port >= repo.LowestPort
}

// readsPort tells whether a source names PORT. The pattern costs more than all
// the rest of a plan where it is tried on every byte.
func (p *planner) readsPort() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(p.read)), func(data []byte) bool {
		return bytes.Contains(data, []byte("PORT")) && namesPort.Match(data)
	})
}

package rust

import (
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
	listening      = regexp.MustCompile(`(127\.0\.0\.1|0\.0\.0\.0|localhost|\[::1?\]):([0-9]{2,5})`)
	ownAddress     = regexp.MustCompile(`\[\s*127\s*,\s*0\s*,\s*0\s*,\s*1\s*\]|\bLOCALHOST\b`)
	outsideAddress = regexp.MustCompile(`0\.0\.0\.0|\[::\]|\[\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*\]|\bUNSPECIFIED\b`)
	// apart is an address and a port as the items of a tuple.
	apart = regexp.MustCompile(`(?:"(127\.0\.0\.1|0\.0\.0\.0|localhost|::1?|\[::1?\])"|(\[\s*(?:127|0)(?:\s*,\s*[01]){3}\s*\]|\b(?:LOCALHOST|UNSPECIFIED)\b))[\w.()\s]{0,24}?,\s*([0-9]{2,5}|[a-z_]\w*)\b`)
)

// addresses are what the sources say of where the program listens.
type addresses struct {
	fixed    []slipway.Evidence          // addresses that are listened on whatever PORT is
	ports    map[string]slipway.Evidence // theirs
	aside    map[string]slipway.Evidence // of those that are beside another
	named    map[string]slipway.Evidence // numbers beside a name of the port
	loopback slipway.Evidence            // an address of the machine's own
	outside  bool                        // an address for others is named
	open     bool                        // the port of one stands elsewhere
	host     repo.HostDefault            // a variable that says another
	hostFile string
}

func newAddresses() addresses {
	return addresses{ports: map[string]slipway.Evidence{}, aside: map[string]slipway.Evidence{}, named: map[string]slipway.Evidence{}}
}

// line notes the addresses and ports of a line that stand in no text alone.
func (a *addresses) line(name string, n int, line string) {
	e := slipway.Evidence{File: name, Line: n}
	a.outside = a.outside || has(line, "0.0.0.0", "[::]", "UNSPECIFIED", "[0") && outsideAddress.MatchString(line)
	if has(line, "127", "LOCALHOST") {
		a.own(e, ownAddress.FindString(line))
	}
	if has(line, "127", "localhost", "LOCALHOST", "[0", "0.0.0.0", "UNSPECIFIED", `"::`) {
		for _, m := range apart.FindAllStringSubmatch(line, -1) {
			number := m[3][0] <= '9'
			a.open = a.open || !number && !repo.Aside(near(line), "")
			if number && !slices.Contains(repo.OthersPorts(), m[3]) || !number && has(line, "bind", ".run(") {
				a.listens(e, m[1]+m[2], m[3], strings.TrimSpace(m[0]), near(line))
			}
		}
	}
	if port, found := repo.OwnPort(line); port != 0 && !repo.OfClient(name) {
		e.Found = found
		a.named[strconv.Itoa(port)] = e
	}
}

// openPort is an address for others, and a place for its port.
var openPort = regexp.MustCompile(`^(?:0\.0\.0\.0|\[::\]):\{(\w*)`)

// near is a line as it is looked at for each address in it: not where it is
// too long for one that people write.
func near(line string) string {
	const most = 400
	if len(line) > most {
		return ""
	}
	return line
}

// text notes what one text in quotes says; said is what stands around it.
func (a *addresses) text(name string, n int, text, said string) {
	e := slipway.Evidence{File: name, Line: n}
	if m := openPort.FindStringSubmatch(text); m != nil && !repo.Aside(m[1], "") {
		a.open = true
	}
	if ownText(text) {
		a.own(e, text)
	}
	if m := listening.FindStringSubmatch(text); m != nil && !strings.Contains(text, "://") && !slices.Contains(repo.OthersPorts(), m[2]) {
		a.listens(e, m[1], m[2], m[0], said)
	}
}

func (a *addresses) own(e slipway.Evidence, found string) {
	if a.loopback.Found == "" {
		e.Found = found
		a.loopback = e
	}
}

// listens notes an address that the program listens on; port may be a name.
// said is what stands around it.
func (a *addresses) listens(e slipway.Evidence, host, port, found, said string) {
	if e.Found = found; repo.IsLoopback(host) || host == "::1" {
		a.own(e, found)
		e.Means = "own"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		a.fixed = append(a.fixed, e)
		switch {
		case n < repo.LowestPort || e.Means != "":
		case repo.Aside(said, port):
			a.aside[port] = e
		default:
			a.ports[port] = e
		}
	}
}

// readHost notes a variable by which the program is told where to listen.
func (a *addresses) readHost(name, text string) {
	if h, ok := repo.OwnHost(text); ok && a.hostFile == "" {
		a.host, a.hostFile = h, name
	}
}

// onlyPort is the one port of the addresses, else the one that a name has,
// else the one that is beside another as a rule. A name alone tells it where
// the port of an address stands elsewhere: what is written is beside that.
func (a *addresses) onlyPort() (int, slipway.Evidence) {
	order := []map[string]slipway.Evidence{a.ports, a.named, a.aside}
	if a.open {
		order = order[1:2]
	}
	for _, ports := range order {
		if all := slices.Sorted(maps.Keys(ports)); len(all) == 1 {
			n, _ := strconv.Atoi(all[0]) // it was one before
			return n, ports[all[0]]
		} else if len(all) > 1 {
			break
		}
	}
	return 0, slipway.Evidence{}
}

// ownText tells whether a text is an address of the machine's own that may be
// listened on.
func ownText(text string) bool {
	return repo.IsLoopback(text) && strings.ContainsRune(text, ':') && !slices.Contains(repo.OthersPorts(), text[strings.LastIndexByte(text, ':')+1:])
}

// noteAddress warns of a server that nothing outside reaches, or that has no
// ear for PORT. Rocket is told both.
func (p *planner) noteAddress() {
	a, kind := &p.sources.addresses, cmp.Or(p.Declared.Kind, p.guessKind().Kind, slipway.KindWeb)
	if _, rocket := p.crates["rocket"]; rocket || kind != slipway.KindWeb || p.custom() {
		return
	}
	variable := a.host.Variable
	if a.outside { // then such a variable is of another service's address
		variable, a.host = "", repo.HostDefault{}
	}
	switch {
	case variable != "" && p.Declared.Env[variable] == "":
		p.address = map[string]string{variable: "0.0.0.0" + a.host.Port}
		p.note(repo.Outward(slipway.Evidence{File: a.hostFile, Line: a.host.Line, Found: a.host.Found}, variable))
	case a.loopback.Found != "" && !a.outside && variable == "":
		p.note(repo.Loopback(a.loopback))
	}
	if p.sources.readsPort {
		return
	}
	port, e := a.onlyPort()
	if n := a.host.Number(); n >= repo.LowestPort {
		port, e = n, slipway.Evidence{File: a.hostFile, Line: a.host.Line, Found: a.host.Found}
	}
	if port != 0 {
		p.port = port
		p.note(repo.FixedPort(e, port))
	} else if len(a.fixed) > 0 {
		e = a.fixed[0]
		e.Means = "nothing reads PORT: the program may listen there whatever PORT is; read PORT and listen on 0.0.0.0"
		p.note(e)
	}
}

// addressed gives the plan the port that the program has itself, and the
// variables by which it listens for others.
func (p *planner) addressed(plan *slipway.Plan) {
	if plan.Kind != slipway.KindWeb {
		return
	}
	if p.Declared.Port == 0 && p.port != 0 {
		plan.Port = p.port
	}
	if len(p.address) > 0 {
		env := maps.Clone(p.address)
		maps.Copy(env, plan.Env)
		plan.Env = env
	}
}

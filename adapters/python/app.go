package python

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// candidate is an application that could be the service.
type candidate struct {
	placed
	object
	file     string
	protocol string
}

// target is how servers name it, and Python where it is a program alone.
func (c candidate) target() string {
	if c.object.name == "" {
		return c.placed.name
	}
	return c.placed.name + ":" + c.object.name
}

// startApp serves the application that the sources define, or reports those
// between which nothing decides.
func (p *planner) startApp() (bool, error) {
	all := p.candidates()
	if len(all) == 0 {
		return false, nil
	}
	best, by, ok := p.choose(all)
	if !ok {
		return true, ambiguous(p.Dir, all)
	}
	if by.File != "" {
		by.Means = "the application is " + best.target()
		p.note(by)
	}
	best = p.withPages(best)
	e := slipway.Evidence{File: best.file, Line: best.line, Found: best.object.name + ", " + best.found(), Knob: "main: " + best.target()}
	if i := slices.IndexFunc(all, func(c candidate) bool { return c.target() != best.target() }); i >= 0 {
		e.Found += fmt.Sprintf("; %s passed over", all[i].target())
	}
	return true, p.serve(best, e)
}

// withPages is an application of Dash as the file has it that lays its pages
// out, which by custom is index.py: without that one it has none.
func (p *planner) withPages(c candidate) candidate {
	if !p.deps.has("dash") {
		return c
	}
	for _, file := range p.files() {
		at := p.placeOf(file)
		if path.Base(file) == "index.py" && path.Dir(file) == path.Dir(c.file) && p.modules[file].origins[c.object.name] == c.imported() {
			c.placed, c.file = at, file
			return c
		}
	}
	return c
}

// imported is what an import calls it.
func (c candidate) imported() string { return c.placed.name + "." + c.object.name }

func ambiguous(dir string, all []candidate) error {
	const most = 20
	var lines []string
	for _, c := range all[:min(most, len(all))] {
		lines = append(lines, fmt.Sprintf("%s: chosen by `main: %s` in %s", repo.Place(c.file, c.line), c.target(), manifest.Name))
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s has several applications", repo.Show(dir)).
		WithHint("say which in %s, or with --main", manifest.Name).WithDetails(lines...).WithClass(slipway.ClassCode)
}

func (c candidate) found() string {
	if c.origin == "" {
		return "by its name"
	}
	return "made by " + c.origin
}

// rank orders candidates; a lower one comes first.
func (c candidate) rank() string {
	base := strings.TrimSuffix(path.Base(c.file), ".py")
	usual := slices.Index(appFiles(), base)
	if usual < 0 {
		usual = len(appFiles())
	}
	return fmt.Sprintf("%02d %02d %t", strings.Count(c.file, "/"), usual, c.maker)
}

// appFiles are the usual names of files that an application is in.
func appFiles() []string {
	return []string{"wsgi", "asgi", "main", "app", "application", "server", "api", "run", "web", "__init__", "index"}
}

// candidates lists the applications of the sources, the likeliest first.
func (p *planner) candidates() []candidate {
	var all []candidate
	for _, file := range p.files() {
		m := p.modules[file]
		for _, o := range slices.Concat(m.objects, m.makers) {
			protocol := p.protocol(m, o)
			if slices.Contains([]string{wsgi, asgi, sanic, aiohttp, dash}, protocol) {
				all = append(all, candidate{p.placeOf(file), o, file, protocol})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		if n := strings.Compare(a.rank(), b.rank()); n != 0 {
			return n
		}
		return slices.Index(objectNames(), a.object.name) - slices.Index(objectNames(), b.object.name)
	})
	return p.inOrder(all)
}

// inOrder puts, of those of a file, one that is made of another before that,
// and then an object of a usual name before others.
func (p *planner) inOrder(all []candidate) []candidate {
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.file != b.file {
			return 0
		}
		if n := p.wraps(b, a) - p.wraps(a, b); n != 0 {
			return n
		}
		return usualName(a.object.name) - usualName(b.object.name)
	})
	return all
}

// wraps is 1 for an application that another one is handed to, as that of
// sockets in ASGIApp(sio, app).
func (p *planner) wraps(outer, inner candidate) int {
	if outer.maker || inner.maker || outer.object.name == inner.object.name {
		return 0
	}
	value := p.modules[outer.file].assigned[outer.object.name]
	open := slices.IndexFunc(value, func(t token) bool { return t.text == "(" })
	if open >= 0 && slices.ContainsFunc(value[open:], func(t token) bool { return t.kind == nameToken && t.text == inner.object.name }) {
		return 1
	}
	return 0
}

func objectNames() []string { return []string{"application", "app", "server", "api", "asgi", "wsgi"} }

func usualName(name string) int {
	if i := slices.Index(objectNames(), name); i >= 0 {
		return i
	}
	return len(objectNames())
}

// protocol of an object: by what made it; where that is a function of the
// repository, by what that function makes; else, for usual names, by the
// frameworks that are there.
func (p *planner) protocol(m *module, o object) string {
	if known := protocolOf(o.origin); known != "" {
		return p.known(m, o, known)
	}
	if m.dashServer(o) {
		return wsgi
	}
	if served := servedFile(m.file); served != "" && o.origin != "class" && !o.maker && usualName(o.name) < len(objectNames()) && strings.Contains(o.origin, ".") {
		return served // whatever is wrapped around it
	}
	_, last := path.Split(strings.ReplaceAll(o.origin, ".", "/"))
	if o.origin != "" && !slices.Contains(makerNames(), last) || o.origin == "" && !o.maker {
		return ""
	}
	if known := p.madeBy(last); known != "" {
		return known
	}
	for _, protocol := range []string{asgi, wsgi} {
		if p.deps.first(frameworks(protocol)...) != "" {
			return protocol
		}
	}
	return ""
}

// servedFile is the protocol of what a file has by custom.
func servedFile(file string) string {
	return map[string]string{"wsgi.py": wsgi, "asgi.py": asgi}[path.Base(file)]
}

// known corrects what a constructor alone tells: Dash is served by the name
// of its server where it has one, and Connexion by ASGI since its release 3,
// which comes with a server of that.
func (p *planner) known(m *module, o object, protocol string) string {
	switch {
	case protocol == dash && m.hasServer():
		return ""
	case protocol == wsgi && strings.HasPrefix(o.origin, "connexion.") && p.deps.first(servers(asgi)...) != "":
		return asgi
	}
	return protocol
}

// madeBy is what a function of the repository makes, by the name of it.
func (p *planner) madeBy(function string) string {
	for _, file := range p.files() {
		for _, maker := range p.modules[file].makers {
			if maker.name == function && protocolOf(maker.origin) != "" {
				return protocolOf(maker.origin)
			}
		}
	}
	return ""
}

// dashServer tells whether an object is Dash's server = app.server.
func (m *module) dashServer(o object) bool {
	name, server := strings.CutSuffix(o.origin, ".server")
	return server && slices.ContainsFunc(m.objects, func(other object) bool {
		return other.name == name && protocolOf(other.origin) == dash
	})
}

// hasServer tells whether a file has the server of its Dash among its names.
func (m *module) hasServer() bool {
	return slices.ContainsFunc(m.objects, func(o object) bool { return m.dashServer(o) || protocolOf(o.origin) == wsgi })
}

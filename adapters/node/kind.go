package node

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var grpcServer = regexp.MustCompile(`(\.bindAsync\(|\bTransport\.GRPC\b)`)

// httpServers are the calls that begin one. What Nest calls a microservice
// listens by the same name, and is none.
func (p *planner) httpServers() bool {
	calls := []string{"createServer(", ".listen(", "NestFactory.create("}
	if p.sources.mentions("createMicroservice") {
		calls = []string{"createServer(", "NestFactory.create(", "connectMicroservice("}
	}
	return slices.ContainsFunc(calls, p.sources.mentions)
}

// guessKind says what the program is when nobody else does: a server that
// speaks gRPC alone answers no HTTP, and lives as a worker. What a framework
// or a package's own program starts is a web service.
func (p *planner) guessKind() repo.Guess {
	if p.program.worker {
		return repo.Guess{Kind: slipway.KindWorker, Why: p.program.why}
	}
	if p.program.pages != "" || p.program.framed || p.program.file == "" {
		return repo.Guess{}
	}
	if found, file, line := p.sources.find(grpcServer, "bindAsync", "Transport.GRPC"); found != "" && p.asks("@grpc/grpc-js").Found != "" && !p.httpServers() {
		return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: file, Line: line, Found: "a server of gRPC, and none of HTTP"}}
	}
	if e := p.sources.first("createMicroservice"); e.Found != "" && !p.httpServers() {
		e.Found += ", and no server of HTTP"
		return repo.Guess{Kind: slipway.KindWorker, Why: e}
	}
	if e := p.asks(servers()...); e.Found != "" {
		return repo.Guess{Kind: slipway.KindWeb, Why: e}
	}
	whole := p.whole()
	if e := whole.first(serverCalls()...); e.Found != "" {
		return repo.Guess{Kind: slipway.KindWeb, Why: e}
	}
	return p.unserved(whole)
}

// whole is the text of the program with that of the workspace's packages that
// it is made of.
func (p *planner) whole() sources {
	s := p.sources
	s.text = slices.Clip(s.text)
	for _, m := range p.space.needs {
		if err := s.read(p.Tree, m.dir); err != nil {
			s.partly = true
		}
	}
	return s
}

// serverCalls are calls that begin to listen.
func serverCalls() []string {
	return []string{
		"createServer(", "createSecureServer(", ".listen(", "NestFactory.create(", "connectMicroservice(", "Bun.serve(", "Deno.serve(", "serve(", "new Server(", "WebSocketServer(", "startStandaloneServer(",
	}
}

// unserved is the kind of a program in which none is seen: a worker when
// it takes from a queue or goes round, a task when its packages are known to
// serve nothing, or nothing in it speaks of serving.
func (p *planner) unserved(whole sources) repo.Guess {
	if slices.ContainsFunc(whole.text, func(f sourceText) bool { return strings.Contains(f.text, "PORT") && portRead.MatchString(f.text) }) {
		return repo.Guess{}
	}
	if e := p.asks(queues()...); e.Found != "" {
		e.Found += ", and nothing that listens"
		return repo.Guess{Kind: slipway.KindWorker, Why: e}
	}
	if e := whole.first("setInterval(", "while (true)", "while(true)", "for (;;)", "for await ("); e.Found != "" {
		e.Found += ", and nothing that listens"
		return repo.Guess{Kind: slipway.KindWorker, Why: e}
	}
	why := slipway.Evidence{File: path.Join(p.Dir, p.program.file)}
	if whole.partly || !p.seen() {
		return repo.Unsure(slipway.Evidence{File: p.pkg.file()})
	}
	if foreign := p.foreign(); foreign != "" {
		if e := whole.speaks(); e.Found != "" {
			e.Found += ", beside packages that may serve"
			return repo.Unsure(e)
		}
		if repo.HandsOver(foreign, whole.lines(), slices.ContainsFunc(whole.text, func(f sourceText) bool { return repo.Tells(f.text) })) {
			why.Found = "little but " + foreign + ", which may serve"
			return repo.Unsure(why)
		}
	}
	if !p.exists(p.program.file) {
		why.File = p.pkg.file()
	}
	why.Found = "neither a package that serves nor a call to listen"
	return repo.Ends(why)
}

// seen tells whether the text of the program was read: itself, or what it is
// built of.
func (p *planner) seen() bool {
	if !p.exists(p.program.file) {
		return len(p.sources.text) > 0
	}
	return slices.ContainsFunc(p.sources.text, func(f sourceText) bool { return f.file == path.Join(p.Dir, p.program.file) })
}

// asks is where the service, or a package of the workspace that it is made of,
// asks for one of some packages; nothing when none does.
func (p *planner) asks(names ...string) slipway.Evidence {
	for _, m := range append([]*pkg{p.pkg}, p.space.needs...) {
		for _, name := range names {
			if !m.has(name) {
				continue
			}
			line := 0
			for _, group := range []string{"dependencies", "devDependencies", "optionalDependencies"} {
				line = max(line, m.lines[group+"."+name])
			}
			return slipway.Evidence{File: m.file(), Line: line, Found: name}
		}
	}
	return slipway.Evidence{}
}

// foreign is a package that the program runs with, of which nobody here knows
// whether it serves; "" for none. One whose name says so comes first.
func (p *planner) foreign() string {
	found := ""
	for _, m := range append([]*pkg{p.pkg}, p.space.needs...) {
		for _, name := range sortedKeys(m.Dependencies) {
			scope := packageScope(name)
			if !slices.Contains(harmless(), name) && !slices.Contains(harmless(), scope) && !slices.ContainsFunc(p.space.needs, func(n *pkg) bool { return n.Name == name }) {
				if found == "" || repo.OfServers(name) && !repo.OfServers(found) {
					found = name
				}
			}
		}
	}
	return found
}

package node

import (
	"regexp"
	"slices"

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
// speaks gRPC alone answers no HTTP, and lives as a worker.
func (p *planner) guessKind() repo.Guess {
	if p.program.worker {
		return repo.Guess{Kind: slipway.KindWorker, Why: p.program.why}
	}
	if p.program.pages != "" || !slices.ContainsFunc(p.installed(), func(m *pkg) bool { return m.runs("@grpc/grpc-js") }) {
		return repo.Guess{}
	}
	found, file, line := p.sources.find(grpcServer)
	if found == "" || p.httpServers() {
		return repo.Guess{}
	}
	return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: file, Line: line, Found: "a server of gRPC, and none of HTTP"}}
}

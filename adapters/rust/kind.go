package rust

import (
	"maps"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// guessKind takes a program that has a client of a queue and nothing that
// listens for a worker, and one that answers gRPC alone, too.
func (p *planner) guessKind() repo.Guess {
	if e, ok := p.speaksGRPC(); ok {
		return repo.Guess{Kind: slipway.KindWorker, Why: e}
	}
	if p.sources.listens || p.custom() || slices.ContainsFunc(servers(), func(name string) bool { _, ok := p.crates[name]; return ok }) {
		return repo.Guess{}
	}
	for _, name := range []string{"lapin", "rdkafka", "async-nats", "apalis", "rsmq_async", "pulsar", "aws-sdk-sqs", "tokio-cron-scheduler", "faktory", "rusty-sidekiq"} {
		if c, ok := p.crates[name]; ok {
			return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: p.lockName(), Found: c.key() + ", and nothing that listens"}}
		}
	}
	return repo.Guess{}
}

// speaksGRPC tells whether the program's own packages ask for tonic and for
// no server of HTTP: what tonic itself is made of is none.
func (p *planner) speaksGRPC() (slipway.Evidence, bool) {
	if p.custom() {
		return slipway.Evidence{}, false
	}
	asked := p.asked()
	tonic, ok := asked["tonic"]
	if !ok || slices.ContainsFunc(servers(), func(name string) bool { _, there := asked[name]; return there && name != "tonic" }) {
		return slipway.Evidence{}, false
	}
	tonic.Found += ", and no server of HTTP: gRPC answers none"
	return tonic, true
}

// asked are the crates that the packages of the tree name themselves.
func (p *planner) asked() map[string]slipway.Evidence {
	found := map[string]slipway.Evidence{}
	for _, k := range p.needed {
		for _, key := range slices.Sorted(maps.Keys(k.file.Dependencies)) {
			name := p.dependency(key, k.file.Dependencies[key]).name
			if _, there := found[name]; !there {
				found[name] = slipway.Evidence{File: k.manifest(), Line: lineOf(k.data, "dependencies", key), Found: name}
			}
		}
	}
	return found
}

// refuseBrowser refuses what is compiled for a browser: no stack has the
// target, nor the tools that pack it.
func (p *planner) refuseBrowser() error {
	where, found := "", ""
	for _, dir := range []string{p.Dir, p.workspace.root} {
		if name := path.Join(dir, "Trunk.toml"); repo.IsFile(p.Tree, name) {
			where, found = repo.Quote(name), "Trunk packs it"
		}
	}
	if t := p.config.target; len(t) > 4 && t[:4] == "wasm" {
		where, found = repo.Quote(p.config.files[0]), "target = "+t
	}
	if k := p.workspace.packages[p.Dir]; k != nil && k.file.Package.Metadata["leptos"] != nil || p.workspace.file.Workspace != nil && p.workspace.file.Workspace.Metadata["leptos"] != nil {
		where, found = repo.Quote(path.Join(p.workspace.root, cargoFile)), "cargo-leptos builds it"
	}
	if where == "" || p.custom() {
		return nil
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s: the program, or a part of it, is compiled for a browser (%s), for which no stack of Rust has the target wasm32", where, found).
		WithHint("build the site where rustup is, and commit or publish its files (`language: static` serves them); or write a Dockerfile (`language: dockerfile`); a server that only answers an API is built from a workspace member of its own").WithClass(slipway.ClassCode)
}

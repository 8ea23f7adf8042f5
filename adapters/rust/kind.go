package rust

import (
	"maps"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// guessKind takes a program that has a client of a queue and nothing that
// listens for a worker, and one that answers gRPC alone, too. One that nothing
// shows to serve or to go on is a task: the lock has the crates that its own
// crates serve with.
func (p *planner) guessKind() repo.Guess {
	if p.custom() {
		return repo.Guess{}
	}
	if e, ok := p.speaksGRPC(); ok {
		return repo.Guess{Kind: slipway.KindWorker, Why: e}
	}
	asked := p.asked()
	if e := p.serves(asked); e.Found != "" {
		return repo.Guess{Kind: slipway.KindWeb, Why: e}
	}
	if p.sources.readsPort {
		return repo.Guess{}
	}
	for _, name := range queues() {
		if c, ok := p.crates[name]; ok {
			return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: p.lockName(), Found: c.key() + ", and nothing that listens"}}
		}
	}
	switch e := p.sources.loops; {
	case e.Found != "":
		e.Found += ", and nothing that listens"
		return repo.Guess{Kind: slipway.KindWorker, Why: e}
	case p.sources.count >= maxSources || !p.lock.there && len(asked) > 0 && p.sources.word.Found != "":
		return repo.Unsure(p.sources.word)
	}
	return repo.Ends(slipway.Evidence{File: p.main.pkg.manifest(), Found: "neither a crate that serves nor a call to listen"})
}

// serves is what shows that the program answers others: a crate that it asks
// for, a call, or a crate that those come to.
func (p *planner) serves(asked map[string]slipway.Evidence) slipway.Evidence {
	_, client := asked["tonic"] // it comes with the crates of a server
	for _, name := range servers() {
		if e, ok := asked[name]; ok && name != "tonic" {
			return e
		}
	}
	if p.sources.listens.Found != "" || client {
		return p.sources.listens
	}
	for _, name := range servers() {
		if c, ok := p.crates[name]; ok {
			return slipway.Evidence{File: p.lockName(), Found: c.key()}
		}
	}
	return slipway.Evidence{}
}

// queues are crates whose programs run until they are told to stop: they take
// from a queue, wait for a time, or speak in a chat.
func queues() []string {
	return []string{
		"lapin", "rdkafka", "kafka", "async-nats", "nats", "apalis", "rsmq_async", "pulsar", "aws-sdk-sqs", "tokio-cron-scheduler", "faktory", "rusty-sidekiq",
		"rumqttc", "paho-mqtt", "fang", "sqlxmq", "graphile_worker", "google-cloud-pubsub", "celery", "clokwerk", "teloxide", "serenity", "poise", "twilight-gateway", "kube-runtime",
	}
}

// speaksGRPC tells whether the program's own packages ask for tonic, serve
// with it, and ask for no server of HTTP: what tonic itself is made of is
// none.
func (p *planner) speaksGRPC() (slipway.Evidence, bool) {
	asked := p.asked()
	tonic, ok := asked["tonic"]
	if !ok || !p.sources.grpc || slices.ContainsFunc(servers(), func(name string) bool { _, there := asked[name]; return there && name != "tonic" }) {
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

package python

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// startWorker starts the worker of a queue that the sources define.
func (p *planner) startWorker() (bool, error) {
	for _, file := range p.files() {
		m := p.modules[file]
		for _, o := range m.objects {
			at := p.placeOf(file)
			args := p.workerOf(protocolOf(o.origin), at.name, o)
			if args == nil {
				continue
			}
			p.stand(at)
			e := slipway.Evidence{File: file, Line: o.line, Found: o.name + ", made by " + o.origin}
			p.runs(args, e, repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: file, Line: o.line, Found: "a worker of a queue"}})
			return true, nil
		}
	}
	if file := p.dramatiq(); file != "" {
		at := p.placeOf(file)
		p.stand(at)
		e := slipway.Evidence{File: file, Found: "actors of Dramatiq"}
		p.runs([]string{p.program("dramatiq"), at.name}, e, repo.Guess{Kind: slipway.KindWorker, Why: e})
		return true, nil
	}
	if p.deps.has("rq") && p.Declared.Kind == slipway.KindWorker {
		p.runs(shell(`rq worker --url "$REDIS_URL"`), p.deps.where("rq"), repo.Guess{Kind: slipway.KindWorker})
		return true, nil
	}
	return false, nil
}

func (p *planner) workerOf(protocol, module string, o object) []string {
	switch {
	case protocol == celery && p.deps.has("celery"):
		return []string{p.program("celery"), "--app", module + ":" + o.name, "worker", "--loglevel", "INFO"}
	case protocol == huey && p.deps.has("huey"):
		return []string{p.program("huey_consumer"), module + "." + o.name}
	case protocol == taskiq && p.deps.has("taskiq"):
		return []string{p.program("taskiq"), "worker", module + ":" + o.name}
	case protocol == faststream && p.deps.has("faststream"):
		return p.python("-c", "import asyncio, importlib; asyncio.run("+attribute(module, o.name)+".run())")
	case o.name == "WorkerSettings" && p.deps.has(arq):
		return []string{p.program(arq), module + ".WorkerSettings"}
	}
	return nil
}

// dramatiq finds the first file that defines actors.
func (p *planner) dramatiq() string {
	if !p.deps.has("dramatiq") {
		return ""
	}
	for _, file := range p.files() {
		if m := p.modules[file]; slices.Contains(m.calls, "dramatiq.set_broker") || slices.Contains(m.calls, "dramatiq.actor") {
			return file
		}
	}
	return ""
}

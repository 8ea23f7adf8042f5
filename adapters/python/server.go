package python

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// serve starts an application under the server that the dependencies have.
// gunicorn reads PORT and WEB_CONCURRENCY itself, and so needs no shell;
// uvicorn reads WEB_CONCURRENCY, and PORT is given to it by a line of Python.
func (p *planner) serve(c candidate, e slipway.Evidence) error {
	p.stand(c.placed)
	if c.protocol == "" {
		c.protocol = asgi
		if p.deps.first(frameworks(asgi)...) == "" {
			c.protocol = wsgi
		}
	}
	args, server := p.under(c)
	if args == nil {
		return p.noServer(c)
	}
	if err := p.sessionKey(c); err != nil {
		return err
	}
	if where := p.deps.where(server); where.File != "" {
		where.Means = "serves it"
		p.note(where)
	}
	p.runs(args, e, repo.Guess{Health: p.health(), Why: slipway.Evidence{File: e.File, Line: e.Line, Found: "an application that speaks " + c.protocol}})
	return nil
}

// under gives the command of the first server that fits; nil when there is
// none.
func (p *planner) under(c candidate) (args []string, server string) {
	target := c.target()
	switch server = p.deps.first(servers(c.protocol)...); server {
	case "gunicorn":
		args = p.gunicorn(c)
	case "uvicorn":
		args = p.python("-c", fmt.Sprintf("import os, uvicorn; uvicorn.run(%s, host='0.0.0.0', port=int(os.environ['PORT'])%s)", literal(target), map[bool]string{true: ", factory=True"}[c.maker]))
	case "hypercorn":
		args = shell("hypercorn --bind 0.0.0.0:$PORT " + command.Quoted(target+map[bool]string{true: "()"}[c.maker]))
	case "granian":
		args = shell("granian --interface " + strings.ToLower(c.protocol) + " --host 0.0.0.0 --port $PORT " + map[bool]string{true: "--factory "}[c.maker] + command.Quoted(target))
	case "daphne":
		args = shell("daphne --bind 0.0.0.0 --port $PORT " + command.Quoted(target))
	case "waitress":
		args = shell("waitress-serve --listen=0.0.0.0:$PORT " + map[bool]string{true: "--call "}[c.maker] + command.Quoted(target))
	case "uwsgi":
		args = []string{p.program("uwsgi"), "--http-socket", "0.0.0.0:$(PORT)", "--master", "--die-on-term", "--need-app", "--module", target}
	case "sanic":
		args = shell("sanic " + command.Quoted(target) + " --host 0.0.0.0 --port $PORT --single-process" + map[bool]string{true: " --factory"}[c.maker])
	case "aiohttp":
		call := map[bool]string{true: "()"}[c.maker]
		args = p.python("-c", fmt.Sprintf("import importlib, os; from aiohttp import web; web.run_app(%s%s, host='0.0.0.0', port=int(os.environ['PORT']))", attribute(c.placed.name, c.object.name), call))
	case "dash":
		args = p.dashItself(c)
	case "flask":
		args = p.flaskItself(c)
	}
	return args, server
}

// gunicorn is its command, with an address where gunicorn.conf.py has
// another, and with the workers that some frameworks need.
func (p *planner) gunicorn(c candidate) []string {
	target := c.target() + map[bool]string{true: "()"}[c.maker]
	var options []string
	if c.protocol == aiohttp {
		options = []string{"--worker-class", "aiohttp.GunicornWebWorker"}
	}
	options = append(options, p.socketWorkers()...)
	if p.bindsElsewhere() {
		return shell(strings.Join(append([]string{"gunicorn --bind 0.0.0.0:$PORT"}, append(options, command.Quoted(target))...), " "))
	}
	return slices.Concat([]string{p.program("gunicorn")}, options, []string{target})
}

// dashItself has an application of Dash serve itself.
func (p *planner) dashItself(c candidate) []string {
	p.note(slipway.Evidence{
		File: c.file, Line: c.line, Found: "an application of Dash without a name for its server",
		Means: "its development server serves it, which is not for production: add the line server = " + c.object.name + ".server, which gunicorn serves",
	})
	return p.python("-c", fmt.Sprintf("import importlib, os; %s.run(host='0.0.0.0', port=int(os.environ['PORT']))", attribute(c.placed.name, c.object.name)))
}

// flaskItself has Flask, or Flask-SocketIO, serve by itself.
func (p *planner) flaskItself(c candidate) []string {
	if args := p.runSockets(c); args != nil {
		return args
	}
	p.note(slipway.Evidence{
		File: c.file, Line: c.line, Found: "no server among the dependencies",
		Means: "Flask's own development server serves it, which is not for production: add gunicorn to the dependencies",
	})
	return shell("flask --app " + command.Quoted(c.target()) + " run --host 0.0.0.0 --port $PORT")
}

// servers that speak a protocol, in the order in which they are taken.
func servers(protocol string) []string {
	switch protocol {
	case asgi:
		return []string{"uvicorn", "hypercorn", "granian", "daphne"}
	case sanic:
		return []string{"sanic"}
	case aiohttp:
		return []string{"gunicorn", "aiohttp"}
	case dash:
		return []string{"dash"}
	}
	return []string{"gunicorn", "waitress", "uwsgi", "granian", "hypercorn", "flask"}
}

func (p *planner) noServer(c candidate) error {
	if err := p.ofMember(c.file); err != nil {
		return err
	}
	add := map[string]string{asgi: "uvicorn", wsgi: "gunicorn"}[c.protocol]
	if add == "" {
		add = "gunicorn"
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s is an application that speaks %s, and no server for it is among the dependencies", repo.Place(c.file, c.line), c.protocol).
		WithHint("add %s to %s, or say commands: {start: …} in slipway.yaml", add, repo.Quote(p.list())).
		WithDetails("looked for " + strings.Join(servers(c.protocol), ", ")).WithClass(slipway.ClassCode)
}

// list is the file that a further dependency would be written into.
func (p *planner) list() string {
	switch m := p.manager; {
	case m.requirements != "":
		return m.requirements
	case m.script != "":
		return m.script
	case m.name == pipenv:
		return p.in(pipfile)
	case m.name == conda:
		return m.python.file
	}
	if p.project == nil {
		return p.in("requirements.txt")
	}
	return p.in(projectFile)
}

// stand puts the service where its module is imported from.
func (p *planner) stand(at placed) {
	for _, q := range p.parties {
		if slices.Contains(q.roots, at.root) {
			return
		}
	}
	p.start.dir, p.start.roots = at.root, []string{at.root}
}

// shell is for programs that read PORT from their arguments alone.
func shell(line string) []string { return []string{command.Shell, "-c", "exec " + line} }

// attribute is an expression of Python for a name of a module.
func attribute(module, name string) string {
	return "getattr(importlib.import_module(" + literal(module) + "), " + literal(name) + ")"
}

// literal is a string of Python.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}

// bindsElsewhere tells whether gunicorn.conf.py, which gunicorn reads by
// itself, names an address whatever PORT is.
func (p *planner) bindsElsewhere() bool {
	m := p.modules[path.Join(p.start.dir, "gunicorn.conf.py")]
	return m != nil && len(m.assigned["bind"]) > 0 && !slices.ContainsFunc(m.strings, func(s string) bool { return strings.Contains(s, "PORT") })
}

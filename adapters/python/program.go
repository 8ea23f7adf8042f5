package python

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// programNames are the usual names of a file that is run as it is.
func programNames() []string {
	return []string{"main", "app", "server", "run", "application", "api", "wsgi", "asgi", "bot", "worker", "__main__", "index", "start"}
}

// startScript takes the console script of the service's project: the only
// one, or the one that is called like the project or the service.
func (p *planner) startScript() (bool, error) {
	own := p.parties[0]
	names := sortedKeys(own.scripts)
	for _, name := range names {
		if len(names) != 1 && normal(name) != normal(own.name) && name != p.Name {
			continue
		}
		mod, _, ok := entry(own.scripts[name])
		if !ok {
			continue
		}
		g := repo.Unsure(slipway.Evidence{File: own.file, Line: lineOf(p.text(own.file), name)})
		if file, ok := p.fileOf(mod); ok {
			if err := p.servesNobody(file); err != nil {
				return false, err
			}
			g = p.kindOf(file)
		}
		args := []string{venvDir + "/bin/" + name}
		if own.about() == "" && !p.manager.whole { // nothing that has no name is described, and so has no scripts
			args = p.python("-c", callOf(own.scripts[name]))
		}
		p.runs(args, slipway.Evidence{File: own.file, Line: lineOf(p.text(own.file), name), Found: name + " = " + own.scripts[name]}, g)
		return true, nil
	}
	return false, nil
}

// severalPrograms names the programs between which nothing decides.
func (p *planner) severalPrograms(files []string) error {
	const most = 20
	var lines []string
	for _, file := range files[:min(most, len(files))] {
		lines = append(lines, fmt.Sprintf("%s: chosen by `main: %s` in %s", repo.Quote(file), strings.TrimPrefix(file, prefix(p.Dir)), manifest.Name))
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s has several programs that can be run", repo.Show(p.Dir)).
		WithHint("say which in %s, or with --main", manifest.Name).WithDetails(lines...).WithClass(slipway.ClassCode)
}

// callOf is a console script as a line of Python.
func callOf(point string) string {
	mod, function, _ := entry(point)
	root, _, _ := strings.Cut(function, ".")
	return "import sys; from " + mod + " import " + root + "; sys.exit(" + function + "())"
}

func (p *planner) text(file string) string {
	data, _, err := repo.Read(p.Tree, file)
	if err != nil {
		return ""
	}
	return string(data)
}

// startProgram takes a package with a __main__.py, else a file of a usual
// name, else the only file there is.
func (p *planner) startProgram() (bool, error) {
	for _, root := range p.parties[0].roots {
		for _, name := range programNames() {
			if file := path.Join(root, name+".py"); p.modules[file] != nil {
				return p.startFileAlone(file)
			}
		}
	}
	var packages, single []string
	for _, file := range p.files() {
		switch base := path.Base(file); {
		case base == "__main__.py":
			packages = append(packages, file)
		case path.Dir(file) == p.Dir:
			single = append(single, file)
		}
	}
	switch {
	case len(packages) == 1:
		name := strings.TrimSuffix(p.placeOf(packages[0]).name, ".__main__")
		p.runs(p.tellPort(p.python("-m", name), packages[0]), slipway.Evidence{File: packages[0], Found: "a package that is run", Knob: "main: " + name}, p.kindOf(packages[0]))
		return true, nil
	case len(single) == 1 && (p.modules[single[0]].guarded || p.onlyProgram() == ""):
		return p.startFileAlone(single[0])
	}
	if file := p.onlyProgram(); file != "" {
		return true, p.startInPackage(file)
	}
	return false, nil
}

// onlyProgram is the file that says of itself that it can be run, where it is
// the only one, or the only one of a usual name; "" otherwise.
func (p *planner) onlyProgram() string {
	guarded := slices.DeleteFunc(p.files(), func(file string) bool { return !p.modules[file].guarded })
	if len(guarded) == 1 {
		return guarded[0]
	}
	if file := p.programOfDockerfile(guarded); file != "" {
		return file
	}
	return only(guarded, func(file string) bool {
		return slices.Contains(programNames(), strings.TrimSuffix(path.Base(file), ".py"))
	})
}

// programOfDockerfile is the one of several that the Dockerfile beside them
// starts; "" without one.
func (p *planner) programOfDockerfile(files []string) string {
	var all []candidate
	for _, file := range files {
		all = append(all, candidate{placed: p.placeOf(file), file: file})
	}
	file, e := p.inDockerfile(all)
	if file != "" {
		e.Means = "the program is " + strings.TrimPrefix(file, prefix(p.Dir))
		p.note(e)
	}
	return file
}

// startInPackage starts a file of a package as a module of it, which it is
// when it imports its neighbours as such, else as the file it is.
func (p *planner) startInPackage(file string) error {
	at := p.placeOf(file)
	if at.root == path.Dir(file) {
		_, err := p.startFileAlone(file)
		return err
	}
	p.stand(at)
	p.runs(p.tellPort(p.python("-m", at.name), file), slipway.Evidence{File: file, Found: "a program that is run", Knob: "main: " + at.name}, p.kindOf(file))
	return nil
}

var functionOfHost = regexp.MustCompile(`(?m)^(?:async )?def (?:lambda_handler|handler)\(event\b|^\w+\s*=\s*(?:\w+\.)?FunctionApp\(`)

// startFileAlone starts a file that nobody names, unless it is one of a host
// of functions, which calls what the file only defines.
func (p *planner) startFileAlone(file string) (bool, error) {
	text := p.text(file)
	if at := functionOfHost.FindStringIndex(text); at != nil && p.kindOf(file).Kind == slipway.KindTask && !strings.Contains(text, "__main__") {
		line := 1 + strings.Count(text[:at[0]], "\n")
		return false, slipway.Errorf(slipway.CodeInvalid, "%s defines a function that a host of functions calls, and nothing that could be started", repo.Place(file, line)).
			WithHint("such a host is deployed to by its own tools; a service needs a program: say which, commands: {start: …}, for example with awslambdaric or a server that calls the function").WithClass(slipway.ClassCode)
	}
	if err := p.servesNobody(file); err != nil {
		return false, err
	}
	p.startFile(file, path.Base(file))
	return true, nil
}

var (
	byStdin = regexp.MustCompile(`\.run\(\s*\)|transport\s*=\s*["']stdio["']`)
	byHTTP  = regexp.MustCompile(`["'](?:sse|http|streamable-http)["']|\b(?:sse_app|streamable_http_app|http_app)\(`)
)

// servesNobody refuses a server of MCP that speaks with the program that
// started it, and with nobody else.
func (p *planner) servesNobody(file string) error {
	m := p.modules[file]
	if m == nil || first(m.calls, []string{"FastMCP"}) == "" {
		return nil
	}
	text := p.text(file)
	at := byStdin.FindStringIndex(text)
	if at == nil || byHTTP.MatchString(text) {
		return nil
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s serves MCP by stdin and stdout, which only the program that starts it can use", repo.Place(file, lineAt(text, at[0]))).
		WithHint(`write run(transport="streamable-http") there, and host="0.0.0.0" with the port of the variable PORT; or say kind: task and how it is started`).WithClass(slipway.ClassCode)
}

func (p *planner) startFile(file, name string) {
	rel := strings.TrimPrefix(file, strings.TrimPrefix(p.Dir+"/", "./"))
	p.runs(p.tellPort(p.python(rel), file), slipway.Evidence{File: file, Found: name, Knob: "main: " + rel}, p.kindOf(file))
}

// kindOf guesses from what a program calls how it lives: one that serves is a
// web service, one that goes round for ever is a worker.
func (p *planner) kindOf(file string) repo.Guess {
	m := p.modules[file]
	if m == nil {
		return repo.Guess{}
	}
	for _, q := range p.reachable(m) {
		if call := first(q.calls, serverCalls()); call != "" {
			return repo.Guess{Kind: slipway.KindWeb, Health: p.health(), Why: slipway.Evidence{File: q.file, Found: "a call of " + call}}
		}
	}
	for _, q := range p.reachable(m) {
		if call := first(q.calls, workerCalls()); call != "" {
			return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: q.file, Found: "a call of " + call}}
		}
		if q.loops {
			return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: q.file, Found: "a loop without an end"}}
		}
	}
	return p.unserved(file)
}

// reachable is a module and those of the service that it imports.
func (p *planner) reachable(m *module) []*module {
	files, names := p.files(), map[string][]*module{}
	for _, file := range files {
		name := p.placeOf(file).name
		names[name] = append(names[name], p.modules[file])
	}
	seen, known := []*module{m}, map[*module]bool{m: true}
	for i := 0; i < len(seen); i++ {
		imported := map[*module]bool{}
		for _, origin := range seen[i].origins {
			for _, name := range andAbove(origin) {
				for _, other := range names[name] {
					imported[other] = true
				}
			}
		}
		for _, file := range files {
			if other := p.modules[file]; imported[other] && !known[other] {
				seen, known[other] = append(seen, other), true
			}
		}
	}
	return seen
}

// andAbove are a dotted name and those of the packages that it is in.
func andAbove(name string) []string {
	all := []string{name}
	for at := strings.LastIndexByte(name, '.'); at >= 0; at = strings.LastIndexByte(name[:at], '.') {
		all = append(all, name[:at])
	}
	return all
}

// serverCalls are calls that make a program answer HTTP, by the end of their
// names.
func serverCalls() []string {
	return []string{
		"uvicorn.run", "web.run_app", "HTTPServer", "ThreadingHTTPServer", "serve_forever", "make_server", "waitress.serve", "app.run", "application.run", "socketio.run", "bottle.run",
		"TCPServer", "hypercorn.asyncio.serve", "uvicorn.Server", "web.TCPSite", "demo.launch", "simple_server.make_server", "start_http_server", "app.listen", "mcp.run", "asyncio.start_server", "fasthtml.common.serve",
		"websockets.serve", "run_server", "runserver", "run_simple", "WSGIServer", "cherrypy.quickstart", "execute_from_command_line", "loop.create_server", "server.serve", "socket.listen", "sock.listen", "s.listen", "server.listen", "server_socket.listen", "server_sock.listen", "serve_http",
	}
}

// workerCalls are calls that do not come back.
func workerCalls() []string {
	return []string{
		"start_consuming", "run_forever", "BlockingScheduler", "infinity_polling", "run_polling", "start_polling", "worker_main", "run_pending", "client.run", "bot.run", "subscribe", "wait_for_termination", "KafkaConsumer", "AIOKafkaConsumer",
		"rq.Worker", "rq.SimpleWorker", "rq.worker.Worker", "loop_forever", "SocketModeHandler", "AsyncSocketModeHandler", "run_until_disconnected", "prefect.serve",
	}
}

// first gives the first call that ends like one of the wanted.
func first(calls, wanted []string) string {
	for _, call := range calls {
		for _, w := range wanted {
			if call == w || strings.HasSuffix(call, "."+w) {
				return call
			}
		}
	}
	return ""
}

package python

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// demo is a framework whose pages its own server serves.
type demo struct {
	name   string // of its package, and of the module
	title  string // what people call it, where that is something else
	line   string // starts FILE; "" where the program serves by itself
	before string // run before line
	port   string // variable that the server reads instead of PORT
	env    map[string]string
	health string
	files  []string // usual names of FILE, besides those of all
	alone  bool     // a file that Python itself runs does nothing
}

// demos are such frameworks; from their own documentation.
func demos() []demo {
	return []demo{
		{
			name: "streamlit", title: "Streamlit", line: "streamlit run FILE --server.address 0.0.0.0 --server.port $PORT --server.headless true --browser.gatherUsageStats false",
			health: "/_stcore/health", files: []string{"streamlit_app", "Home", "Hello", "home"}, alone: true,
		},
		{
			name: "chainlit", line: "chainlit run FILE --host 0.0.0.0 --port $PORT --headless",
			// It writes beside its settings, which in the image nobody can.
			before: "for f in .chainlit chainlit*.md public; do [ ! -e $f ] || cp -R $f $CHAINLIT_APP_ROOT; done",
			env:    map[string]string{"CHAINLIT_APP_ROOT": "/tmp"},
		},
		// --liveness is there from 0.14 on.
		{name: "panel", line: "panel serve FILE --address 0.0.0.0 --port $PORT --allow-websocket-origin=* --liveness", health: "/liveness"},
		{name: "gradio", port: "GRADIO_SERVER_PORT", env: map[string]string{"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_ANALYTICS_ENABLED": "False"}},
		{name: "nicegui"},
	}
}

// startDemo starts a page of such a framework.
func (p *planner) startDemo() (bool, error) {
	for _, d := range demos() {
		if !p.deps.has(d.name) {
			continue
		}
		files := p.demoFiles(d)
		switch {
		case len(files) == 1:
			p.serveDemo(d, files[0])
			return true, nil
		case len(files) > 1 && d.alone:
			return false, p.severalPrograms(files)
		}
	}
	return false, nil
}

// demoFiles are the files that may be the page: one of a usual name, near the
// top before others; else those nearest to the top that no other imports.
func (p *planner) demoFiles(d demo) []string {
	uses := func(file string) bool {
		m := p.modules[file]
		return m != nil && slices.Contains(m.imported, d.name)
	}
	for _, root := range p.parties[0].roots {
		for _, name := range slices.Concat(d.files, []string{"app", "main", d.name + "_app", "demo", "dashboard", "chat", "run"}) {
			if file := path.Join(root, name+".py"); uses(file) {
				return []string{file}
			}
		}
	}
	var found []string
	for _, file := range p.files() {
		if !uses(file) || path.Base(path.Dir(file)) == "pages" || p.isImported(file) || !d.alone && !p.modules[file].guarded {
			continue
		}
		if len(found) == 0 || strings.Count(found[0], "/") == strings.Count(file, "/") {
			found = append(found, file)
		}
	}
	if file := only(found, func(file string) bool { return strings.Contains(p.text(file), "set_page_config") }); file != "" {
		return []string{file}
	}
	return found
}

// isImported tells whether another file of the service imports a file.
func (p *planner) isImported(file string) bool {
	name := p.placeOf(file).name
	for _, other := range p.files() {
		for _, origin := range p.modules[other].origins {
			if other != file && (origin == name || strings.HasPrefix(origin, name+".")) {
				return true
			}
		}
	}
	return false
}

// demoAlone is the framework of a page that Python itself does not start.
func (p *planner) demoAlone(file string) demo {
	for _, d := range demos() {
		if m := p.modules[file]; d.alone && m != nil && p.deps.has(d.name) && slices.Contains(m.imported, d.name) && p.kindOf(file).Kind != slipway.KindWeb {
			return d
		}
	}
	return demo{}
}

func (p *planner) serveDemo(d demo, file string) {
	name := strings.TrimPrefix(file, prefix(p.Dir))
	if dir := path.Dir(file); !slices.Contains(p.allRoots(), dir) {
		p.start.roots = append(p.start.roots, dir)
	}
	e := slipway.Evidence{File: file, Found: "a page of " + cmp.Or(d.title, d.name), Knob: "commands: {start: …}"}
	p.start.env = maps.Clone(d.env)
	args := p.python(name)
	switch m := p.modules[file]; {
	case d.before != "":
		args = []string{"/bin/sh", "-c", d.before + "; exec " + strings.ReplaceAll(d.line, "FILE", word(name))}
	case d.line != "":
		args = shell(strings.ReplaceAll(d.line, "FILE", word(name)))
	case d.port != "":
		p.start.file = file
		args = p.python("-c", fmt.Sprintf("import os, runpy; os.environ[%s] = os.environ['PORT']; runpy.run_path(%s, run_name='__main__')", literal(d.port), literal(name)))
	case m != nil && !slices.Contains(m.strings, "PORT"):
		e.Found += ", which listens on its own port: pass port=int(os.environ['PORT'])"
	}
	p.runs(args, e, repo.Guess{Kind: slipway.KindWeb, Health: d.health, Why: e})
}

var plainWord = regexp.MustCompile(`^[\w./-]+$`)

// word is a name in a line of the shell, quoted where it has to be.
func word(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return command.Quoted(name)
}

package python

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// demo is a framework whose pages its own server serves.
type demo struct {
	name   string // of its package, and of the module
	line   string // starts FILE; "" where the program serves by itself
	before string // run before line
	port   string // variable that the server reads instead of PORT
	env    map[string]string
	health string
}

// demos are such frameworks; from their own documentation.
func demos() []demo {
	return []demo{
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
		for _, name := range []string{"app", "main", d.name + "_app", "demo", "dashboard", "chat", "run"} {
			file := path.Join(p.Dir, name+".py")
			if m := p.modules[file]; m != nil && slices.Contains(m.imported, d.name) {
				p.serveDemo(d, file, name+".py")
				return true, nil
			}
		}
	}
	return false, nil
}

func (p *planner) serveDemo(d demo, file, name string) {
	e := slipway.Evidence{File: file, Found: "a page of " + d.name, Knob: "commands: {start: …}"}
	p.start.env = maps.Clone(d.env)
	args := p.python(name)
	switch m := p.modules[file]; {
	case d.before != "":
		args = []string{"/bin/sh", "-c", d.before + "; exec " + strings.ReplaceAll(d.line, "FILE", name)}
	case d.line != "":
		args = shell(strings.ReplaceAll(d.line, "FILE", name))
	case d.port != "":
		args = p.python("-c", fmt.Sprintf("import os, runpy; os.environ[%s] = os.environ['PORT']; runpy.run_path(%s, run_name='__main__')", literal(d.port), literal(name)))
	case m != nil && !slices.Contains(m.strings, "PORT"):
		e.Found += ", which listens on its own port: pass port=int(os.environ['PORT'])"
	}
	p.runs(args, e, repo.Guess{Kind: slipway.KindWeb, Health: d.health, Why: e})
}

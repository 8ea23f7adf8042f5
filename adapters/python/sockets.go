package python

import (
	"fmt"
	"path"
)

// socketWorkers are the arguments by which gunicorn serves Flask-SocketIO: a
// client's requests have to reach one process, and each keeps its place as
// long as it is connected (Flask-SocketIO, "Deployment"); nil for others.
func (p *planner) socketWorkers() []string {
	if !p.deps.has("flask-socketio") {
		return nil
	}
	if m := p.modules[path.Join(p.start.dir, "gunicorn.conf.py")]; m != nil && (m.assigned["worker_class"] != nil || m.assigned["threads"] != nil) {
		return nil
	}
	kind := []string{"--threads", "100"}
	switch p.deps.first("eventlet", "gevent-websocket", "gevent") {
	case "eventlet":
		kind = []string{"--worker-class", "eventlet"}
	case "gevent-websocket":
		kind = []string{"--worker-class", "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"}
	case "gevent":
		kind = []string{"--worker-class", "gevent"}
	}
	return append(kind, "--workers", "1")
}

// runSockets has Flask-SocketIO serve by itself, which it does with eventlet
// or gevent where they are; nil where there is none.
func (p *planner) runSockets(c candidate) []string {
	for _, file := range p.files() {
		for _, o := range p.modules[file].objects {
			if o.origin != "flask_socketio.SocketIO" {
				continue
			}
			call := map[bool]string{true: "()"}[c.maker]
			return p.python("-c", fmt.Sprintf("import importlib, os; app = %s%s; %s.run(app, host='0.0.0.0', port=int(os.environ['PORT']), allow_unsafe_werkzeug=True)",
				attribute(c.placed.name, c.object.name), call, attribute(p.placeOf(file).name, o.name)))
		}
	}
	return nil
}

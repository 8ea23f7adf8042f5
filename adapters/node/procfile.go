package node

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// procfile starts what a Procfile says of web; a worker when it has that
// alone. Its release is the service's.
func (p *planner) procfile() (bool, error) {
	lines, err := repo.Procfile(p.Service)
	if err != nil {
		return false, err
	}
	procfile := path.Join(p.Dir, repo.ProcfileName)
	name := "web"
	if _, ok := lines[name]; !ok {
		name = "worker"
	}
	l, ok := lines[name]
	if !ok {
		return false, nil
	}
	e := slipway.Evidence{File: procfile, Line: l.Line, Found: name + ": " + l.Command}
	if p.program.worker = name == "worker"; p.program.worker {
		p.program.why = e
	}
	if err := p.runLine(l.Command, e, 0); err != nil {
		return false, err
	}
	if r, ok := lines["release"]; ok && p.program.release == nil {
		p.release(r.Command, slipway.Evidence{File: procfile, Line: r.Line, Found: "release: " + r.Command})
	}
	return true, nil
}

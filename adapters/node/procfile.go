package node

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// procfile starts the process of a Procfile that the service is. Its release
// is that of the service which answers requests, or of the only one.
func (p *planner) procfile() (bool, error) {
	lines, err := repo.Procfile(p.Service)
	if err != nil {
		return false, err
	}
	procfile := path.Join(p.Dir, repo.ProcfileName)
	name := p.Process(lines)
	l, ok := lines[name]
	if !ok {
		return false, nil
	}
	e := slipway.Evidence{File: procfile, Line: l.Line, Found: name + ": " + l.Command}
	if p.program.worker = name != "web" && p.Declared.Kind != slipway.KindWeb; p.program.worker {
		p.program.why = e
	}
	if err := p.runLine(l.Command, e, 0); err != nil {
		return false, err
	}
	p.evidence = append(p.evidence, p.OtherProcesses(lines, name)...)
	if r, ok := lines["release"]; ok && p.program.release == nil && p.Releases(lines) {
		return true, p.release(r.Command, slipway.Evidence{File: procfile, Line: r.Line, Found: "release: " + r.Command})
	}
	return true, nil
}

package golang

import "github.com/slipway-ci/slipway"

func (p *planner) findVersion() error {
	p.version = slipway.Version{From: "default"}
	if g := p.layout.mains[0].file.Go; g != nil {
		p.version = slipway.Version{Value: g.Version, Want: g.Version, From: at(p.layout.mains[0].manifest(), g.Syntax.Start.Line)}
	}
	return nil
}

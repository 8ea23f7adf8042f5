package golang

import "github.com/slipway-ci/slipway"

func (p *planner) sources() *slipway.Source { return &slipway.Source{Exclude: []string{".git"}} }

func (p *planner) inputs() []string { return []string{"."} }

package golang

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// noteHealth takes a path of a text that by custom tells whether a service is
// well, in a program that has no page at /.
func (p *planner) noteHealth(texts []text) {
	var best text
	for _, t := range texts {
		if method, rest, ok := strings.Cut(t.text, " "); ok && slices.Contains([]string{"GET", "HEAD"}, method) {
			t.text = rest
		}
		switch {
		case t.text == "/" || t.text == "/{$}":
			return
		case repo.HealthRank(t.text) > repo.HealthRank(best.text):
			best = t
		}
	}
	if best.text == "" || p.Declared.Health != "" || p.custom() {
		return
	}
	p.health = best.text
	p.note(slipway.Evidence{File: best.file, Line: best.line, Found: best.text, Means: "tells whether the service is well", Knob: "health: " + best.text})
}

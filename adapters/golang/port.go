package golang

import (
	"maps"
	"regexp"
	"slices"

	"github.com/slipway-ci/slipway"
)

var (
	// fixedPort is an address to listen on as net.Listen reads it.
	fixedPort = regexp.MustCompile(`^(?:127\.0\.0\.1|0\.0\.0\.0|localhost)?:[0-9]{2,5}$`)
	// namesPort is the variable's name in a text or in the tag of a field.
	namesPort = regexp.MustCompile("[\"`]PORT\\b")
)

// notePort tells of an address in a web service that does not ask for PORT.
func (p *planner) notePort(texts []text) {
	if k := p.Declared.Kind; k != "" && k != slipway.KindWeb || p.custom() || p.readsPort() {
		return
	}
	i := slices.IndexFunc(texts, func(t text) bool { return fixedPort.MatchString(t.text) })
	if i < 0 {
		return
	}
	p.note(slipway.Evidence{File: texts[i].file, Line: texts[i].line, Found: texts[i].text, Means: "nothing reads PORT: the program may listen there whatever PORT is; read PORT and listen on all addresses"})
}

func (p *planner) readsPort() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(p.read)), namesPort.Match)
}

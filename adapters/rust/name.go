package rust

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

// name of the service.
func (p *planner) name() string {
	switch own := p.workspace.packages[p.Dir]; {
	case p.Name != "":
		return p.Name
	case p.main.name != "":
		return label(p.main.name)
	case own != nil:
		return label(own.name)
	}
	return label(path.Base(p.Dir))
}

// label makes a service's name of a program's.
func label(name string) string {
	name = strings.Trim(notLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if slipway.ValidLabel(name) {
		return name
	}
	return "app"
}

var notLabel = regexp.MustCompile(`[^a-z0-9]+`)

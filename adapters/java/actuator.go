package java

import (
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	// managementPort is a port of the actuator's own.
	managementPort = regexp.MustCompile(`(?m)(?:^\s*management\.server\.port\s*[:=]\s*|^management:\s*\n(?:[ \t]+\S.*\n)*?[ \t]+server:\s*\n(?:[ \t]+\S.*\n)*?[ \t]+port:\s*)(\S+)`)
	quarkusPath    = regexp.MustCompile(`(?m)^\s*quarkus\.http\.root-path\s*=\s*(/\S*)`)
	// quarkusForm is a setting that has Quarkus make something else than the
	// directory that is started.
	quarkusForm = regexp.MustCompile(`(?m)^\s*(quarkus\.package\.(?:jar\.)?type)\s*=\s*(?:uber-jar|legacy-jar|mutable-jar|native)`)
	oldSpring   = regexp.MustCompile(`^(?:1|2\.[0-5])\.`)
)

// beside has the actuator tell on PORT, too, whether the program is well,
// where it has a port of its own. Spring Boot knows how since 2.6.
func (p *planner) beside() {
	e := p.setting(managementPort)
	if e.Found == "" || p.ofProfile(e) || oldSpring.MatchString(p.main.module.boot) {
		return
	}
	p.framework.env["MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED"] = "true"
	p.framework.env["MANAGEMENT_ENDPOINT_HEALTH_PROBES_ADDADDITIONALPATHS"] = "true"
	p.framework.health = p.springPath() + "/readyz"
	e.Means, e.Knob = "the actuator listens beside PORT: its readiness is asked on PORT, at /readyz", "health: /…"
	p.note(e)
}

// ofProfile tells whether a setting stands in a part of its file that is for
// one profile alone.
func (p *planner) ofProfile(e slipway.Evidence) bool {
	data, _, _ := repo.Read(p.Tree, e.File) // it was read before
	part := partOf(string(data), e.Line)
	return strings.Contains(part, "on-profile") || strings.Contains(part, "profiles:")
}

// partOf is the part of a file of settings, between lines of ---, that a line
// is in.
func partOf(text string, line int) string {
	start, at, n := 0, 0, 0
	for l := range strings.Lines(text) {
		n++
		if strings.HasPrefix(strings.TrimPrefix(l, "#"), "---") {
			if n > line {
				return text[start:at]
			}
			start = at
		}
		at += len(l)
	}
	return text[start:]
}

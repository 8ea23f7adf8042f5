package java

import (
	"path"
	"regexp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Play's secret, as its configuration takes it from the environment.
var playSecret = regexp.MustCompile(`(?m)^\s*(?:play\.)?(?:http\.)?secret(?:\.key|\s*\{\s*key)\s*[=:]\s*"?\$\{\?(\w+)\}`)

// notePlaySecret says which variable Play wants its secret in: without one it
// does not start.
func (p *planner) notePlaySecret() {
	file := path.Join(p.main.module.dir, "conf/application.conf")
	name, found := "CONFIG_FORCE_play_http_secret_key", "play.http.secret.key is not taken from the environment"
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		file = p.main.module.file
	}
	line := 0
	if s, ok := (script{file: file, text: string(data)}).said(playSecret); ok {
		name, found, line = s.value, s.found, s.line
	}
	p.note(slipway.Evidence{File: file, Line: line, Found: found, Means: "the program starts with a secret in " + name, Knob: name + " in the environment that it runs in"})
}

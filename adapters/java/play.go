package java

import (
	"path"
	"regexp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// playMain starts what Play finds; its programs have no main method of their
// own.
const playMain = "play.core.server.ProdServerStart"

// playSecret is the name of a variable that application.conf takes the secret
// from.
var playSecret = regexp.MustCompile(`(?m)^\s*(?:play\.)?(?:http\.)?secret(?:\.key|\s*\{\s*key)\s*[=:]\s*"?\$\{\?(\w+)\}`)

// notePlay says what settings a program of Play gets beside its own
// (slipway.sbt writes them), and where it wants its secret: without one it
// does not start.
func (p *planner) notePlay() {
	p.note(slipway.Evidence{File: p.main.module.file, Found: "Play", Means: "listens on PORT unless application.conf names a port", Knob: "PLAY_HTTP_PORT in the environment that it runs in"})
	file := path.Join(p.main.module.dir, "conf/application.conf")
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		file = p.main.module.file
	}
	secret := said{value: "APPLICATION_SECRET", file: file, found: "no secret from the environment"}
	if s, ok := (script{file: file, text: string(data)}).said(playSecret); ok {
		secret = s
	}
	p.note(slipway.Evidence{File: secret.file, Line: secret.line, Found: secret.found, Means: "starts with the secret in " + secret.value, Knob: secret.value + " in the environment that it runs in"})
}

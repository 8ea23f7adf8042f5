package java

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	// listens is a call to listen with the port in it, as a number or by a name.
	listens = regexp.MustCompile(`(?:\.start\(|(?:^|[^\w.])port\(|\.listen\(|\bInetSocketAddress\((?:"(?:0\.0\.0\.0|::|localhost|127\.0\.0\.1)"\s*,)?|\bServerSocket\(|\bnew Server\(|addHttpListener\(|embeddedServer\([^;{}]{0,60}?port\s*=)\s*(?:([1-9][0-9]{3,4})\b|([^;\n]{0,60}?[pP]ort\b))`)
	// ktorPort is the port in the settings of Ktor.
	ktorPort = regexp.MustCompile(`(?m)^\s*port\s*[:=]\s*["']?([1-9][0-9]{3,4})["']?\s*$`)
	// elsewhere is what stands before a path that another service is asked at,
	// or that is for other methods than GET.
	elsewhere = regexp.MustCompile(`(?:\+|\.(?:post|put|patch|delete|uri|resolve)\()\s*$`)
	pathText  = regexp.MustCompile(`"(/[\w/-]*)"`)
)

// maxCalls is how many calls to listen are looked at in a file.
const maxCalls = 50

// sparkPort is where Spark listens when nobody says.
const sparkPort = 4567

// findPort takes the port that a program listens on whatever PORT is, where
// its framework has no variable for it.
func (p *planner) findPort() {
	if p.texts().first(`"PORT"`, `'PORT'`, "${PORT", "-PORT").Found != "" || p.Declared.Port != 0 {
		return
	}
	port, e := p.listensOn()
	if port == 0 {
		return
	}
	p.port = port
	p.note(repo.FixedPort(e, port))
}

// calls are the ports of the calls to listen but those beside the program's
// own; open tells that the port of one stands elsewhere, which is the
// program's own then.
func (p *planner) calls() (called map[int]slipway.Evidence, open bool) {
	called = map[int]slipway.Evidence{}
	for _, f := range p.texts().files {
		for _, at := range listens.FindAllStringSubmatchIndex(f.text, maxCalls) {
			said := f.text[max(0, at[0]-200):at[1]]
			said = said[strings.LastIndexByte(said[:len(said)-(at[1]-at[0])], '\n')+1:]
			if at[2] < 0 {
				open = open || !repo.Aside(said, "")
				continue
			}
			port := f.text[at[2]:at[3]]
			n, err := strconv.ParseUint(port, 10, 16)
			if err == nil && !slices.Contains(repo.OthersPorts(), port) && !repo.Aside(said, port) {
				called[int(n)] = f.at(at[2], strings.TrimSpace(f.text[at[0]:at[1]]))
			}
		}
	}
	return called, open
}

// listensOn is the only port of the calls to listen, else the only number that
// stands beside a name of the port.
func (p *planner) listensOn() (int, slipway.Evidence) {
	if p.uses("io.ktor") {
		return p.ktorSetting()
	}
	called, open := p.calls()
	named := map[int]slipway.Evidence{}
	if open {
		called = nil
	}
	for _, f := range p.texts().files {
		if repo.OfClient(path.Base(f.file)) {
			continue
		}
		at := 0
		for line := range strings.Lines(f.text) {
			if n, found := repo.OwnPort(line); n != 0 && named[n].Found == "" {
				named[n] = f.at(at, found)
			}
			at += len(line)
		}
	}
	for _, ports := range []map[int]slipway.Evidence{called, named} {
		for n, e := range ports {
			if len(ports) > 1 {
				return 0, slipway.Evidence{}
			}
			return n, e
		}
	}
	if p.uses("com.sparkjava:") {
		return sparkPort, slipway.Evidence{File: p.main.module.file, Found: "Spark, and no call of port"}
	}
	return 0, slipway.Evidence{}
}

// ktorSetting is the port of Ktor's settings that no variable replaces.
func (p *planner) ktorSetting() (int, slipway.Evidence) {
	for _, name := range []string{"application.conf", "application.yaml"} {
		file := path.Join(p.main.module.dir, "src/main/resources", name)
		data, _, err := repo.Read(p.Tree, file)
		at := ktorPort.FindSubmatchIndex(data)
		if err != nil || at == nil || strings.Contains(string(data), "PORT") {
			continue
		}
		n, err := strconv.ParseUint(string(data[at[2]:at[3]]), 10, 16)
		if err == nil {
			return int(n), sourceText{file, string(data)}.at(at[2], strings.TrimSpace(string(data[at[0]:at[1]])))
		}
	}
	return 0, slipway.Evidence{}
}

// findHealth takes a path of the sources that by custom tells whether a
// program is well, where nothing answers at /.
func (p *planner) findHealth() {
	for _, f := range p.texts().files {
		for _, at := range pathText.FindAllStringSubmatchIndex(f.text, -1) {
			switch text := f.text[at[2]:at[3]]; {
			case text != "/" && repo.HealthRank(text) <= repo.HealthRank(p.framework.health):
			case elsewhere.MatchString(f.text[max(0, at[0]-30):at[0]]):
			case text == "/":
				p.framework.health = ""
				return
			default:
				p.framework.health = text
			}
		}
	}
}

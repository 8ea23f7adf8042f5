package python

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

var (
	// callPort is the port in a call that makes a program listen.
	callPort  = regexp.MustCompile(`(?m)(?:\.run|run_app|\.serve|\.launch|\.listen)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?\bport\s*=\s*([1-9][0-9]{3,4})\b|(?:HTTPServer|TCPServer)\(\s*\(\s*["'][^"'\n]*["']\s*,\s*([1-9][0-9]{3,4})\b|make_server\(\s*["'][^"'\n]*["']\s*,\s*([1-9][0-9]{3,4})\b|\.listen\(\s*([1-9][0-9]{3,4})\b`)
	readsPort = regexp.MustCompile(`\bPORT\b|BaseSettings`)
)

// port is the one that the started program listens on whatever PORT says, 0
// when it may read PORT or nothing was found.
func (p *planner) port() int {
	m := p.modules[p.started()]
	if m == nil {
		return 0
	}
	found, e := 0, slipway.Evidence{}
	for _, q := range p.reachable(m) {
		text := p.text(q.file)
		if readsPort.MatchString(text) {
			return 0
		}
		at := callPort.FindStringSubmatchIndex(text)
		for i := 2; found == 0 && i < len(at); i += 2 {
			if at[i] < 0 {
				continue
			}
			n, err := strconv.ParseUint(text[at[i]:at[i+1]], 10, 16)
			if err != nil {
				return 0
			}
			found = int(n)
			e = slipway.Evidence{File: q.file, Line: 1 + strings.Count(text[:at[i]], "\n"), Found: "port " + text[at[i]:at[i+1]] + ", and nothing that reads PORT"}
		}
	}
	if found != 0 {
		e.Means = "PORT is " + strconv.Itoa(found) + ", since the program listens there; read os.environ[\"PORT\"] to let others choose"
		e.Knob = "port: " + strconv.Itoa(found)
		p.note(e)
	}
	return found
}

// started is the file that Python is told to run, "" when it is another
// program's.
func (p *planner) started() string {
	args := p.start.args
	if len(args) < 2 || !strings.HasPrefix(path.Base(args[0]), "python") {
		return ""
	}
	if args[1] == "-m" && len(args) > 2 {
		file, _ := p.fileOf(args[2])
		return file
	}
	return path.Join(p.start.dir, args[1])
}

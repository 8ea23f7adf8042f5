package python

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// aPort is a number, or a name that stands for one.
const aPort = `([1-9][0-9]{3,4}\b|[A-Za-z_][\w.]*)`

// anyHost is an address in a string, and the comma behind it.
const anyHost = `["'][^"'\n]*["']\s*,\s*`

var (
	// callPort is the port in a call that makes a program listen.
	callPort = regexp.MustCompile(`(?m)(?:\.run|\.run_server|^\s*run|run_app|\.serve|\.launch|\.listen)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?\b(?:server_)?port\s*=\s*` + aPort +
		`|(?:HTTPServer|TCPServer|WSGIServer)\(\s*\(\s*` + anyHost + aPort + `|server_address\s*=\s*\(\s*` + anyHost + aPort + `|(?:make_server|run_simple)\(\s*` + anyHost + aPort +
		`|(?:\bserve|start_server)\(\s*[\w.]+\s*,\s*` + anyHost + aPort + `|\.listen\(\s*` + aPort + `|server\.socket_port["']\s*:\s*` + aPort)
	// optionPort is the default of an option by which a program is told its
	// port.
	optionPort = regexp.MustCompile(optionNamed + `port["']\s*,(?:[^()]*?\bdefault\s*=)?\s*["']?([1-9][0-9]{3,4})\b`)
	readsPort  = regexp.MustCompile(`["']PORT["']|\$\{?PORT\b|BaseSettings`)
)

// port is the one that the started program listens on whatever PORT says, 0
// when it may read PORT or nothing was found.
func (p *planner) port() int {
	m := p.modules[p.started()]
	if m == nil || strings.Contains(strings.Join(p.start.args, " "), "$PORT") {
		return 0
	}
	files := p.reachable(m)
	if slices.ContainsFunc(files, func(q *module) bool { return readsPort.MatchString(p.text(q.file)) }) {
		return 0
	}
	n, e, all := p.portIn(callPort, files)
	if !all || n == 0 {
		if m, f, _ := p.portIn(optionPort, files); m != 0 {
			n, e = m, f
		}
	}
	if n != 0 {
		e.Means = "PORT is " + strconv.Itoa(n) + ", since the program listens there; read os.environ[\"PORT\"] to let others choose"
		e.Knob = "port: " + strconv.Itoa(n)
		p.note(e)
	}
	return n
}

// mayListen tells whether a pattern for a port is worth its time.
func mayListen(text string) bool {
	return slices.ContainsFunc([]string{"port=", "port =", `port"`, "port'", "serve", "Server", "listen", "run_simple"}, func(word string) bool { return strings.Contains(text, word) })
}

// mostServers that a program may have; of others nothing is known.
const mostServers = 20

// portIn is the first port that a pattern finds and somebody can tell, 0 for
// none; all tells whether there is no other.
func (p *planner) portIn(pattern *regexp.Regexp, files []*module) (port int, e slipway.Evidence, all bool) {
	all = true
	known := map[string]int{}
	for _, q := range files {
		text := p.text(q.file)
		if !mayListen(text) {
			continue
		}
		for _, at := range pattern.FindAllStringSubmatchIndex(text, mostServers) {
			if commented(text, at[0]) || strings.HasPrefix(text[at[0]:], ".listen(") && strings.Contains(text, ".bind(") {
				continue // what is not run; how many may wait at a socket
			}
			said := written(text, at)
			n, ok := known[q.file+":"+said]
			if !ok && len(known) < mostServers {
				n = p.portOf(said, q, files)
				known[q.file+":"+said] = n
			}
			if slices.Contains(repo.OthersPorts(), strconv.Itoa(n)) {
				continue
			}
			all = all && n != 0
			if port == 0 && n != 0 {
				port, e = n, slipway.Evidence{File: q.file, Line: lineAt(text, at[1]), Found: "port " + strconv.Itoa(n) + ", and nothing that reads PORT"}
			}
		}
	}
	return port, e, all
}

// commented tells whether a comment begins before a place in its line.
func commented(text string, at int) bool {
	const far = 300
	before := text[max(0, at-far):at]
	return strings.Contains(before[strings.LastIndexByte(before, '\n')+1:], "#")
}

// written is the group of a pattern that has anything.
func written(text string, at []int) string {
	for i := 2; i < len(at); i += 2 {
		if at[i] >= 0 {
			return text[at[i]:at[i+1]]
		}
	}
	return ""
}

// portOf is a port that is written as a number, or as the name of one in the
// same file or, where it stands alone or is of that file, in one that it
// reaches; 0 for what nobody can tell.
func (p *planner) portOf(text string, in *module, files []*module) int {
	if n, err := strconv.ParseUint(text, 10, 16); err == nil {
		return int(n)
	}
	name := text[strings.LastIndex(text, ".")+1:]
	constant := regexp.MustCompile(`(?m)^[ \t]*` + regexp.QuoteMeta(name) + `[ \t]*(?::[ \t]*int[ \t]*)?=[ \t]*([1-9][0-9]{3,4})[ \t]*(?:#.*)?\r?$`)
	owner := ""
	if dotted := strings.TrimSuffix(text, name); dotted != "" {
		owner = path.Base(strings.ReplaceAll(dotted, ".", "/"))
	}
	for _, q := range slices.Concat([]*module{in}, files) {
		if q != in && owner != "" && path.Base(q.file) != owner+".py" && !strings.Contains(p.text(q.file), "class "+owner) {
			continue // the attribute of something else
		}
		text := p.text(q.file)
		if !strings.Contains(text, name) {
			continue
		}
		if found := constant.FindStringSubmatch(text); found != nil {
			n, err := strconv.ParseUint(found[1], 10, 16)
			if err != nil {
				return 0
			}
			return int(n)
		}
	}
	return 0
}

// started is the file that Python is told to run, "" when it is another
// program's.
func (p *planner) started() string {
	if p.start.file != "" {
		return p.start.file
	}
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

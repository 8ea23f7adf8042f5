package repo

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/slipway-ci/slipway"
)

var (
	portName = regexp.MustCompile(`(?i)[a-z][\w.-]*`)
	// portValue is a number that stands alone, or after the colon of an address.
	portValue = regexp.MustCompile("(?:^|[\\s(,=\"'`:|])([1-9][0-9]{3,4})(?:$|[\\s),;\"'`_}\\]])")
	compared  = regexp.MustCompile(`[<>]=?\s*["']?[0-9]`)
	hostName  = regexp.MustCompile(`["'](?:` + HostVariable + `)["']`)
	ownHost   = regexp.MustCompile(`^["'](` + HostVariable + `)["'](?:\)?[^;\n]{0,80}?|\)\s*if\s+\w+\s*==\s*""\s*\{\s*\w+\s*:?=\s*)["'](?:127\.0\.0\.1|localhost)(:[0-9]{2,5})?["']`)
)

// OwnPort is the number that a line of a program gives to its own port where
// nobody says another: flag.Int("port", 4000, …), SERVER_PORT or "5000", and
// what it found; 0 for none. Ports of databases and the like are others'.
func OwnPort(line string) (port int, found string) {
	line = strings.TrimSpace(line)
	const most = 4000 // nobody writes longer ones
	if len(line) > most || !strings.Contains(line, "ort") && !strings.Contains(line, "PORT") || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "*") || compared.MatchString(line) {
		return 0, ""
	}
	const near = 80 // characters between a name and its number
	for _, name := range portName.FindAllStringIndex(line, -1) {
		if !namesOwnPort(line[name[0]:name[1]]) {
			continue
		}
		rest := line[name[1]:]
		rest = beside(rest[:min(len(rest), near)])
		at := portValue.FindStringSubmatchIndex(rest)
		if at == nil || slices.ContainsFunc(portName.FindAllString(rest[:at[2]], -1), namesOthersPort) {
			continue
		}
		n, err := strconv.ParseUint(rest[at[2]:at[3]], 10, 16)
		if err == nil && n >= LowestPort && n < 65535 && !slices.Contains(OthersPorts(), rest[at[2]:at[3]]) {
			return int(n), line[name[0] : name[1]+at[3]]
		}
	}
	return 0, ""
}

// FixedPort says that PORT is the port that a program listens on whatever PORT
// is: e has where that stands, and what.
func FixedPort(e slipway.Evidence, port int) slipway.Evidence {
	e.Means = fmt.Sprintf("nothing reads PORT: PORT is %d, since the program listens there; read it to let others choose", port)
	e.Knob = fmt.Sprintf("port: %d", port)
	return e
}

// beside is as much of what follows a name as is said of it: all of the
// statement after one in quotes, else no more than the call that it is in.
func beside(rest string) string {
	if end := strings.IndexAny(rest, ";{"); end >= 0 {
		rest = rest[:end]
	}
	if rest == "" || strings.ContainsRune("\"'`", rune(rest[0])) {
		return rest
	}
	depth := 0
	for i, c := range rest {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return rest[:i]
			}
		}
	}
	return rest
}

// LowestPort is the lowest that needs no capability, which no service has.
const LowestPort = 1024

// OthersPorts are those on which no program of one's own listens, but what it
// asks: databases, queues, collectors.
func OthersPorts() []string {
	return []string{"5432", "3306", "6379", "27017", "9092", "4222", "5672", "9042", "9200", "11211", "2181", "4317", "4318", "8125", "1883"}
}

// aside are words of what a program listens for beside its own port.
var aside = regexp.MustCompile(`(?i)metrics|prometheus|promhttp|pprof|debug|admin|grpc|management|probe|telemetry`)

// Aside tells whether a port is one beside a service's own, by what is said
// of it or by its number: it is measured, profiled or called by gRPC there.
func Aside(said, port string) bool {
	return slices.Contains([]string{"50051", "6060", "2112", "9464"}, port) || aside.MatchString(said)
}

// OfClient tells whether a source is, by its name, of what asks another
// service: ports in it are that one's.
func OfClient(file string) bool { return strings.Contains(strings.ToLower(file), "client") }

// namesOwnPort tells whether a name is that of the port which a program
// listens on: port, httpPort, SERVER_PORT, server.port, not db_port.
func namesOwnPort(name string) bool {
	words := nameWords(name)
	return slices.Contains(words, "port") && ofOwn(words)
}

// namesOthersPort tells whether a name is that of another port: METRICS_PORT.
func namesOthersPort(name string) bool {
	words := nameWords(name)
	return slices.Contains(words, "port") && !ofOwn(words)
}

func ofOwn(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.Contains([]string{
			"port", "http", "server", "app", "application", "web", "api", "listen", "listener", "listening", "default", "service", "bind", "my",
			"no", "num", "number", "env", "flag", "main", "config", "cfg", "settings", "site", "backend",
		}, w)
	})
}

// nameWords takes a name apart where its capitals and its marks are.
func nameWords(name string) []string {
	var b strings.Builder
	before := rune(0)
	for _, c := range name {
		if unicode.IsUpper(c) && unicode.IsLower(before) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
		before = c
	}
	return strings.FieldsFunc(b.String(), func(c rune) bool { return c == '_' || c == '.' || c == '-' })
}

// HostDefault is a variable by which a program is told the address that it
// listens on, and where the loopback stands in for it.
type HostDefault struct {
	Variable string
	Port     string // ":4000" where the variable has the port, too
	Found    string
	Line     int
}

// OwnHost finds the first of a text; false for none. API_HOST and the like are
// as often of a service that is asked.
func OwnHost(text string) (HostDefault, bool) {
	if !strings.Contains(text, "127.0.0.1") && !strings.Contains(text, "localhost") {
		return HostDefault{}, false
	}
	const most, near = 50, 300 // names in a text, characters from one to its default
	for _, name := range hostName.FindAllStringIndex(text, most) {
		rest := text[name[0]:min(len(text), name[0]+near)]
		at := ownHost.FindStringSubmatchIndex(rest)
		if at == nil || strings.HasPrefix(rest[at[2]:], "API_") {
			continue
		}
		h := HostDefault{Variable: rest[at[2]:at[3]], Found: strings.Join(strings.Fields(rest[:at[1]]), " "), Line: 1 + strings.Count(text[:name[0]], "\n")}
		if at[4] >= 0 {
			h.Port = rest[at[4]:at[5]]
		}
		return h, true
	}
	return HostDefault{}, false
}

// Number is the port that the variable has, 0 for none.
func (h HostDefault) Number() int {
	n, err := strconv.ParseUint(strings.TrimPrefix(h.Port, ":"), 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}

package rust

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	ownAddress     = regexp.MustCompile(`\[\s*127\s*,\s*0\s*,\s*0\s*,\s*1\s*\]|\bLOCALHOST\b`)
	outsideAddress = regexp.MustCompile(`0\.0\.0\.0|\[::\]|\[\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*\]|\bUNSPECIFIED\b`)
)

// signs notes what a line shows of how the program lives.
func (f *findings) signs(name string, n int, line string) {
	e := slipway.Evidence{File: name, Line: n}
	for _, call := range []string{"TcpListener", "UnixListener", "::bind(", ".listen("} {
		if f.listens.Found == "" && has(line, call) && !has(line, "UdpSocket::") {
			f.listens = e
			f.listens.Found = strings.Trim(call, ".:(")
		}
	}
	f.grpc = f.grpc || has(line, ".add_service(", "Server::builder(", "_server::")
	f.outside = f.outside || has(line, "0.0.0.0", "[::]", "UNSPECIFIED", "[0") && outsideAddress.MatchString(line)
	if f.loopback.Found == "" && has(line, "127", "LOCALHOST") {
		f.loopback = e
		f.loopback.Found = ownAddress.FindString(line)
	}
	if f.word.Found == "" {
		if word, at := repo.Word(line, repo.Serving()...); at >= 0 {
			f.word = e
			f.word.Found = "the word " + word
		}
	}
}

// has tells whether a text has one of some parts.
func has(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// loop notes the first loop of a file that nothing in it leaves. The braces of
// a format have a partner, and those in comments do no harm here.
func (f *findings) loop(name, text string) {
	for at := 0; f.loops.Found == ""; {
		next := strings.Index(text[at:], "loop {")
		if next < 0 {
			return
		}
		at += next
		body := block(text[at:])
		if (at == 0 || strings.ContainsRune(" \t\n:", rune(text[at-1]))) && !has(body, "break", "return", "exit(") {
			f.loops = slipway.Evidence{File: name, Line: 1 + strings.Count(text[:at], "\n"), Found: "a loop without an end"}
		}
		at += len("loop {")
	}
}

// block is a text up to the brace that closes its first one.
func block(text string) string {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return text[:i]
			}
		}
	}
	return text
}

// ofOthers are ports on which no program of one's own listens, but what it
// asks: databases, queues, collectors.
func ofOthers() []string {
	return []string{"5432", "3306", "6379", "27017", "9092", "4222", "5672", "9200", "11211", "2181", "4317", "4318", "8125", "1883"}
}

// ownText tells whether a text is an address of the machine's own that may be
// listened on.
func ownText(text string) bool {
	return repo.IsLoopback(text) && strings.ContainsRune(text, ':') && !slices.Contains(ofOthers(), text[strings.LastIndexByte(text, ':')+1:])
}

// noteAddress warns of a server that nothing outside reaches, or that has no
// ear for PORT. Rocket is told both.
func (p *planner) noteAddress() {
	f, kind := p.sources, cmp.Or(p.Declared.Kind, p.guessKind().Kind, slipway.KindWeb)
	if _, rocket := p.crates["rocket"]; rocket || kind != slipway.KindWeb {
		return
	}
	if f.loopback.Found != "" && !f.outside {
		p.note(repo.Loopback(f.loopback))
	}
	if f.fixed.Found != "" && !f.readsPort {
		p.note(f.fixed)
	}
}

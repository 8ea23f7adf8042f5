package rust

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
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
	f.line(name, n, line)
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

// loop notes the first loop of a file that nothing in it leaves, or that goes
// round until it is told to stop. The braces of a format have a partner, and
// those in comments do no harm here.
func (f *findings) loop(name, text string) {
	const most, far = 100, 64 << 10 // loops of a file, characters of one
	for at, n := 0, 0; f.loops.Found == "" && n < most; at, n = at+len("loop {"), n+1 {
		next := strings.Index(text[at:], "loop {")
		if next < 0 {
			return
		}
		at += next
		if at == 0 || strings.ContainsRune(" \t\n:", rune(text[at-1])) {
			f.loops = slipway.Evidence{File: name, Line: 1 + strings.Count(text[:at], "\n"), Found: goesRound(block(text[at:min(len(text), at+far)]))}
		}
	}
}

// goesRound says what a loop's body shows of its end; "" where it has one of
// its own.
func goesRound(body string) string {
	switch {
	case !has(body, "break", "return", "exit("):
		return "a loop without an end"
	case has(body, "select!") && has(body, "ctrl_c()", "cancelled()", "shutdown", ".tick()"):
		return "a loop until it is told to stop"
	}
	return ""
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

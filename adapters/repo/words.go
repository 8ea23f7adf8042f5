package repo

import "strings"

// Word gives the first of some words, in small letters, that stands in a text
// by itself, in whatever letters, and where; at is -1 without one. It reads a
// text once, since whole programs are looked through.
func Word(text string, words ...string) (word string, at int) {
	first := [256]bool{}
	for _, w := range words {
		first[w[0]], first[w[0]-'a'+'A'] = true, true
	}
	for i := range len(text) {
		if !first[text[i]] || i > 0 && ofWord(text[i-1]) {
			continue
		}
		for _, w := range words {
			end := i + len(w)
			if end <= len(text) && (end == len(text) || !ofWord(text[end])) && strings.EqualFold(text[i:end], w) {
				return w, i
			}
		}
	}
	return "", -1
}

func ofWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Serving are words that servers are written with.
func Serving() []string {
	return []string{"serve", "server", "servers", "listen", "listener", "router", "routes", "middleware", "middlewares", "endpoint", "endpoints", "port"}
}

// HandsOver tells whether a program may serve by a library that nobody here
// knows: its name speaks of it, or the program is so few lines that most of
// what it does is the library's, and tells nobody of a result.
func HandsOver(library string, lines int, tells bool) bool {
	const few = 12
	return OfServers(library) || lines <= few && !tells
}

// Tells tells whether a program writes to somebody itself.
func Tells(text string) bool {
	_, at := Word(text, "print", "println", "printf", "console", "write", "stdout", "log")
	return at >= 0
}

// OfServers tells whether the name of a library has a word of libraries that
// serve. Clients, which have http and api in theirs, are none.
func OfServers(library string) bool {
	_, at := Word(strings.ReplaceAll(library, "_", "-"), "server", "serve", "httpd", "web", "websocket", "websockets", "router", "gateway", "framework", "starter")
	return at >= 0
}

// Lines counts those of a text in which something stands that is no comment
// of one line.
func Lines(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "#") {
			n++
		}
	}
	return n
}

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

package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes text from a repository or a build step safe for a
// terminal: colours and tabs stay, every other control sequence, and every
// byte that is not UTF-8, is shown and not obeyed.
func printable(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, dangerous) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		if n := colour(s); n > 0 {
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1, r < utf8.RuneSelf && dangerous(r):
			fmt.Fprintf(&b, "\\x%02x", s[0])
		case dangerous(r):
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// oneLine is printable for a name or a value that must stay on its line.
func oneLine(s string) string { return strings.ReplaceAll(printable(s), "\n", "\\n") }

func dangerous(r rune) bool {
	return r != '\t' && r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}

// colour gives the length of a select-graphic-rendition sequence (ECMA-48,
// CSI … m) at the start of s, 0 when there is none.
func colour(s string) int {
	const csi = "\x1b["
	if !strings.HasPrefix(s, csi) {
		return 0
	}
	end := strings.IndexFunc(s[len(csi):], func(r rune) bool { return (r < '0' || r > '9') && r != ';' })
	if end < 0 || s[len(csi)+end] != 'm' {
		return 0
	}
	return len(csi) + end + 1
}

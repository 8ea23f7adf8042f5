package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes text from a repository or a build step safe for a
// terminal: colours and tabs stay, every other control sequence is shown,
// not obeyed.
func printable(s string) string {
	if !strings.ContainsFunc(s, dangerous) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if n := colour(s[i:]); n > 0 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if dangerous(r) {
			b.WriteString(escape(r, s[i]))
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

func dangerous(r rune) bool {
	return r == unicode.ReplacementChar || r != '\t' && r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}

// colour gives the length of a select-graphic-rendition sequence (ECMA-48,
// CSI … m) at the start of s, 0 when there is none.
func colour(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	end := strings.IndexFunc(s[2:], func(r rune) bool { return (r < '0' || r > '9') && r != ';' })
	if end < 0 || s[2+end] != 'm' {
		return 0
	}
	return 2 + end + 1
}

// escape shows a character that a terminal must not obey; a byte that is not
// UTF-8 is shown as that byte.
func escape(r rune, first byte) string {
	if r == utf8.RuneError {
		return fmt.Sprintf("\\x%02x", first)
	}
	if r < 0x80 {
		return fmt.Sprintf("\\x%02x", r)
	}
	return fmt.Sprintf("\\u%04x", r)
}

package api

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain takes out of a line everything that a terminal would obey, and that a
// page could not tell from another line: colours too, since nobody knows what
// reads the text.
func plain(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, obeyed) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	for len(s) > 0 {
		if s[0] == esc {
			s = s[sequence(s):]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if !obeyed(r) {
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

const (
	esc = 0x1b
	bel = 0x07
)

func obeyed(r rune) bool {
	return r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}

// sequence is the length of the escape sequence that s begins with (ECMA-48):
// a control sequence, a string up to its end, or an escape and its letter. A
// string without an end is its escape alone, so that no text is lost to it.
func sequence(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 || s[i] > 0x7e {
				return i
			}
		}
		return len(s)
	case ']', 'P', 'X', '^', '_':
		if i := strings.IndexAny(s[2:], "\a\x1b"); i >= 0 {
			end := 2 + i
			if s[end] == bel {
				return end + 1
			}
			if strings.HasPrefix(s[end:], "\x1b\\") {
				return end + 2
			}
		}
		return 2
	default:
		return 1 + boolInt(s[1] >= 0x20 && s[1] <= 0x7e)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

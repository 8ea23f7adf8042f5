package worker

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// harmless gives a line as it may be shown on any terminal and page: colours
// and tabs stay, and so do lines that were to be written over; every other
// control sequence, what is concealed, and what is not UTF-8, does not. A text
// that was hidden by such a sequence is shown.
func harmless(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, control) {
		return s
	}
	s = strings.TrimRight(s, "\r")
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		if s[0] == escape {
			keep, n := sequence(s)
			b.WriteString(keep)
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '\r' && strings.HasPrefix(s, "\r\n"): // a newline comes
		case r == '\r':
			b.WriteByte('\n')
		case !control(r):
			b.WriteRune(r) // of a byte that is not UTF-8, the sign for one
		}
		s = s[size:]
	}
	return b.String()
}

// control tells what a terminal obeys rather than shows, what changes the
// order in which a reader sees the rest, what some take for the end of a line
// (U+2028, U+2029), and what nobody sees (U+FEFF).
func control(r rune) bool {
	switch r {
	case '\t', '\n':
		return false
	case '\u2028', '\u2029', '\ufeff':
		return true
	default:
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}
}

const (
	escape = 0x1b
	// longestColour is the most bytes of a colour's parameters that are kept.
	longestColour = 64
)

// sequence reads the control sequence that s begins with (ECMA-48): what is
// kept of it, and its length.
func sequence(s string) (keep string, n int) {
	if len(s) < 2 {
		return "", len(s)
	}
	switch s[1] {
	case '[':
		return csi(s)
	case ']', 'P', 'X', '^', '_': // commands with a text of their own
		return "", terminated(s)
	}
	n = 1
	for n < len(s) && s[n] >= ' ' && s[n] <= '/' {
		n++
	}
	if n < len(s) && s[n] >= '0' && s[n] <= '~' {
		n++
	}
	return "", n
}

// csi reads ESC [ … and keeps it when it is a colour.
func csi(s string) (keep string, n int) {
	n = 2
	for n < len(s) && s[n] >= ' ' && s[n] <= '?' {
		n++
	}
	if n == len(s) || s[n] < '@' || s[n] > '~' {
		return "", n
	}
	if params := s[2:n]; s[n] == 'm' && len(params) <= longestColour && strings.Trim(params, "0123456789;:") == "" {
		keep = colour(params)
	}
	return keep, n + 1
}

// terminated is the length of a command up to its end (BEL, or ESC \). One
// without an end is no command: its text is shown.
func terminated(s string) int {
	const introducer = 2
	end := strings.IndexAny(s[introducer:], "\a\x1b")
	switch {
	case end < 0:
		return introducer
	case s[introducer+end] == '\a':
		return introducer + end + 1
	case strings.HasPrefix(s[introducer+end:], "\x1b\\"):
		return introducer + end + 2
	default:
		return introducer + end // broken off by another sequence
	}
}

// colour gives a select-graphic-rendition sequence without the parameter that
// conceals (8), which elsewhere counts a colour of a palette (38;5;8).
func colour(params string) string {
	all := strings.Split(params, ";")
	kept := make([]string, 0, len(all))
	for i := 0; i < len(all); i++ {
		p := all[i]
		if bare := strings.TrimLeft(p, "0"); bare == "8" || strings.HasPrefix(bare, "8:") {
			continue
		}
		kept = append(kept, p)
		if p == "38" || p == "48" || p == "58" {
			taken := min(paletteOf(all[i+1:]), len(all)-i-1)
			kept = append(kept, all[i+1:i+1+taken]...)
			i += taken
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "\x1b[" + strings.Join(kept, ";") + "m"
}

// paletteOf is how many parameters say which colour it is.
func paletteOf(rest []string) int {
	switch {
	case len(rest) > 0 && rest[0] == "5":
		return 2
	case len(rest) > 0 && rest[0] == "2":
		return 4
	default:
		return 0
	}
}

// cutAt is the largest cut of s at or before n that splits neither a rune nor
// a colour; s has been through harmless.
func cutAt(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	from := max(0, n-longestColour-len("\x1b[m"))
	if esc := strings.LastIndexByte(s[from:n], escape); esc >= 0 && !strings.Contains(s[from+esc:n], "m") {
		return from + esc
	}
	return n
}

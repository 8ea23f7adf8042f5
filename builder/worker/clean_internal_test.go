package worker

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slipway-ci/slipway"
)

func TestHarmless(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\ttext":                             "plain\ttext",
		"\x1b[31mred\x1b[0m":                      "\x1b[31mred\x1b[0m",
		"\x1b[1;38;5;8mgrey\x1b[m":                "\x1b[1;38;5;8mgrey\x1b[m",
		"\x1b[38;2;8;8;8mx":                       "\x1b[38;2;8;8;8mx",
		"\x1b[38:5:8mx":                           "\x1b[38:5:8mx",
		"\x1b[8mhidden\x1b[28m":                   "hidden\x1b[28m",
		"\x1b[08mhidden":                          "hidden",
		"\x1b[1;8;31mhidden":                      "\x1b[1;31mhidden",
		"\x1b[38;5mx\x1b[38mx":                    "\x1b[38;5mx\x1b[38mx",
		"\x1b[2J\x1b[1;1Hgone":                    "gone",
		"a\x1b[?25lb\x1b[>0qc":                    "abc",
		"\x1b]0;title\atext":                      "text",
		"\x1b]8;;https://x\x1b\\link":             "link",
		"\x1b]0;never ends":                       "0;never ends",
		"\x1b]0;broken\x1b[31mred":                "\x1b[31mred",
		"\x1bPq#0\x1b\\x":                         "x",
		"\x1b(Bx\x1bcy\x1b=z":                     "xyz",
		"10%\r20%\rdone\r":                        "10%\n20%\ndone",
		"a\r\nb":                                  "a\nb",
		"pass\x00word\b\b\x7f":                    "password",
		"\u009b31mx\u202eevil\u2066":              "31mxevil",
		"a\u2028b\u2029c\ufeffd":                  "abcd",
		"bad \xff byte":                           "bad \ufffd byte",
		"end\x1b":                                 "end",
		"end\x1b[":                                "end",
		"end\x1b[3":                               "end",
		"\x1b[" + strings.Repeat("1;", 99) + "mx": "x",
	} {
		if got := harmless(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// safe tells whether nothing but colours and text is left.
func safe(s string) bool {
	for len(s) > 0 {
		if s[0] != escape {
			r, n := utf8.DecodeRuneInString(s)
			if control(r) || r == utf8.RuneError && n == 1 {
				return false
			}
			s = s[n:]
			continue
		}
		keep, n := csi(s)
		if !strings.HasPrefix(s, "\x1b[") || keep != s[:n] {
			return false
		}
		s = s[n:]
	}
	return true
}

func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"\x1b[31mred\x1b[0m", "\x1b[8m", "\x1b]0;x\a", "a\rb", "\x1b[38;5;8;8m", "\x1b\x1b[m", "\x1b[\x1b[31mm", "\xff\x1b("} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, in string, n int) {
		out := harmless(in)
		if !safe(out) || harmless(out) != out {
			t.Fatalf("%q became %q", in, out)
		}
		cut := cutAt(out, max(1, n&0xff))
		if !safe(out[:cut]) || !safe(out[cut:]) {
			t.Fatalf("%q was cut to %q and %q", out, out[:cut], out[cut:])
		}
		e := slipway.LogEntry{Step: "s", Text: out}
		if got, most := len(encode([]slipway.LogEntry{e})), sizeOf(e); got > most {
			t.Fatalf("%q takes %d bytes, not %d", out, got, most)
		}
	})
}

func FuzzMask(f *testing.F) {
	f.Add("abc tok-1234567890 xyz", "tok-1234567890", uint16(9))
	f.Fuzz(func(t *testing.T, text, secret string, at uint16) {
		if len(secret) < 4 || strings.ContainsAny(secret, "\r\n*") || strings.TrimSpace(secret) != secret || harmless(secret) != secret || harmless(text) != text {
			return
		}
		// The secret begins in one piece of a line and ends in the next.
		first := strings.Repeat("-", pieceLen) + text + secret[:int(at)%len(secret)]
		if !utf8.ValidString(first) || harmless(first) != first {
			return
		}
		m := newMask([]string{secret})
		out := m.line("s", first) + m.line("s", secret[int(at)%len(secret):]+text) + m.rest("s")
		if strings.Contains(out, secret) {
			t.Errorf("%q is in the log", secret)
		}
	})
}

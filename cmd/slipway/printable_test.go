package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                       "plain",
		"tab\tand\nline":              "tab\tand\nline",
		"\x1b[31mred\x1b[0m":          "\x1b[31mred\x1b[0m",
		"\x1b]8;;http://evil\x07here": `\x1b]8;;http://evil\x07here`,
		"\x1b[2Jcleared":              `\x1b[2Jcleared`,
		"\x1b[":                       `\x1b[`,
		"back\rforged":                `back\x0dforged`,
		"\xff\xfe":                    `\xff\xfe`,
		"� stays":                     "� stays",
		"a\u202eb":                    `a\u202eb`,
		"日本\x00":                      `日本\x00`,
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;t\x07\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := printable(s)
		if !utf8.ValidString(got) {
			t.Fatalf("printable(%q) is not UTF-8", s)
		}
		for i := range got {
			if got[i] == 0x1b && colour(got[i:]) == 0 || strings.ContainsRune("\x00\x07\r", rune(got[i])) {
				t.Fatalf("printable(%q) = %q keeps a control sequence", s, got)
			}
		}
	})
}

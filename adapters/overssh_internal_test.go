package adapters

import (
	"bytes"
	"strings"
	"testing"
)

func TestWithoutRevision(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"git+ssh://git@host/a/b.git#semver:^1":       "git+ssh://git@host/a/b.git",
		"git+ssh://git@host/a/b@v1.0#egg=b":          "git+ssh://git@host/a/b",
		"git+ssh://git@host/a/b.git@feature/new":     "git+ssh://git@host/a/b.git",
		"ssh://git@host:2222/a/b.git?rev=1#2":        "ssh://git@host:2222/a/b.git",
		"git@host:a/b.git@v1":                        "git@host:a/b.git",
		"git@host:a/b":                               "git@host:a/b",
		"ssh://git@host":                             "ssh://git@host",
		"git+ssh://git@host/a/b.git?tag=x@y&sub=z#q": "git+ssh://git@host/a/b.git",
	} {
		if got := withoutRevision(text); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
}

func FuzzOverSSH(f *testing.F) {
	for _, seed := range []string{"a @ git+ssh://git@host/a.git@v1#egg=a\ngit@host:b", "\"resolved\": \"git+ssh://git@host:a/b.git#1\"", "ssh://@@@:/#?", "git@h:\xff\n\n\x00ssh://h/a"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, n := range overSSH(content) {
			if n.line < 1 || n.line > bytes.Count(content, []byte("\n"))+1 || !strings.Contains(n.name, "/") || strings.ContainsAny(n.name, "\n\x00'") {
				t.Errorf("%q gives %+v", content, n)
			}
		}
	})
}

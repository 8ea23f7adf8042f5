package repo_test

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestWord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": -1, "preserve the observer, import": -1, "server_url": -1, "the Server": 4, "PORT": 0, "a.listen(": 2, "routes1 routes": 8,
	} {
		if _, got := repo.Word(text, repo.Serving()...); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzWord(f *testing.F) {
	f.Add("a Server")
	f.Fuzz(func(t *testing.T, text string) {
		word, at := repo.Word(text, "server", "port")
		if at >= 0 && !strings.EqualFold(text[at:at+len(word)], word) || at < 0 && word != "" {
			t.Errorf("%q at %d of %q", word, at, text)
		}
	})
}

func TestHandsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		library string
		lines   int
		tells   bool
		want    bool
	}{
		{"acme", 3, false, true},
		{"acme", 3, true, false},
		{"acme", 30, false, false},
		{"xitca_web", 30, true, true},
		{"org.java-websocket:Java-WebSocket", 30, true, true},
		{"axios-http-client", 30, false, false},
		{"webpack-merge", 30, false, false},
	} {
		if got := repo.HandsOver(c.library, c.lines, c.tells); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if repo.Tells("start()") || !repo.Tells("x\nfmt.Println(1)") || repo.Lines("// a\n\n# b\n  c\nd") != 2 {
		t.Error("a program that tells, and its lines")
	}
}

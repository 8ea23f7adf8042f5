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

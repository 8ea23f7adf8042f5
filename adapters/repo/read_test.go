package repo_test

import (
	"bytes"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestRead(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"full":  {Data: bytes.Repeat([]byte("x"), repo.MaxFile)},
		"over":  {Data: bytes.Repeat([]byte("x"), repo.MaxFile+1)},
		"empty": {},
		"pipe":  {Mode: fs.ModeNamedPipe},
		"dir/x": {},
	}
	for name, want := range map[string]struct {
		size  int
		found bool
		code  slipway.Code
	}{
		"full":    {repo.MaxFile, true, ""},
		"over":    {0, false, slipway.CodeInvalid},
		"empty":   {0, true, ""},
		"pipe":    {0, false, slipway.CodeInvalid},
		"dir":     {0, false, slipway.CodeInvalid},
		"missing": {0, false, ""},
		"../x":    {0, false, ""},
	} {
		data, found, err := repo.Read(tree, name)
		if len(data) != want.size || found != want.found || slipway.ErrorCode(err) != want.code {
			t.Errorf("%s: %d bytes, %t, %v; want %+v", name, len(data), found, err, want)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"./cmd/api": "./cmd/api", "a b": `"a b"`, "a\nb": `"a\nb"`, "ü": `"ü"`, "a:b": `"a:b"`, "-x": "-x",
	} {
		if got := repo.Quote(name); got != want {
			t.Errorf("Quote(%q) = %s, want %s", name, got, want)
		}
	}
	if got, want := repo.Show("."), "the root of the repository"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

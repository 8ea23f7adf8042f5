package repo_test

import (
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestMiseVersion(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"mise.toml":         {Data: []byte("[env]\nA = \"b\"\n\n[tools]\nnode = \"20.11.1\" # why\npython = [\"3.12.1\", \"3.11\"]\njava = {version = \"temurin-21\"}\ngo = \"latest\"\nrust = \"ref:abc\"\n")},
		"svc/.mise.toml":    {Data: []byte("[tools]\n\"node\" = \"prefix:22\"\n")},
		"broken/.mise.toml": {Data: []byte("[tools\n")},
	}
	for _, test := range []struct {
		dir, tool, want string
		line            int
	}{
		{".", "node", "20.11.1", 5}, {".", "python", "3.12.1", 6}, {".", "java", "temurin-21", 7}, {".", "go", "", 0}, {".", "rust", "", 0}, {"svc", "node", "22", 2}, {"none", "node", "", 0},
	} {
		v, e, found, err := repo.MiseVersion(repo.Service{Tree: tree}, test.dir, test.tool)
		if err != nil || v != test.want || e.Line != test.line || found != (test.want != "") {
			t.Errorf("%s in %s: %q in line %d, %t, %v", test.tool, test.dir, v, e.Line, found, err)
		}
	}
	if _, _, _, err := repo.MiseVersion(repo.Service{Tree: tree}, "broken", "node"); slipway.ErrorCode(err) != slipway.CodeInvalid {
		t.Errorf("a broken file: %v", err)
	}
}

func FuzzMiseVersion(f *testing.F) {
	f.Add("[tools]\nnode = \"20\"\n")
	f.Add("[tools.node]\nversion = [[{}]]")
	f.Fuzz(func(t *testing.T, text string) {
		v, e, found, err := repo.MiseVersion(repo.Service{Tree: fstest.MapFS{"mise.toml": {Data: []byte(text)}}}, ".", "node")
		if found && (v == "" || e.File == "" || err != nil) || !found && v != "" {
			t.Errorf("%q: %q, %+v, %v", text, v, e, err)
		}
	})
}

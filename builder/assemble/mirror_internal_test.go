package assemble

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestDebianMirror(t *testing.T) {
	t.Parallel()
	own := slipway.Settings{Debian: slipway.DebianMirror{URL: "http://mirror.example/debian"}}
	if got := DebianMirror(own, t.TempDir()); got != own.Debian {
		t.Errorf("the organisation's is not taken: %+v", got)
	}
	machine := machineMirror(os.DirFS("/"))
	if got := DebianMirror(slipway.Settings{}, t.TempDir()); got != machine {
		t.Errorf("got %+v, this machine has %+v", got, machine)
	}
	if machine.URL != "" {
		return // the cache is asked on machines of other distributions only
	}
	cache := t.TempDir()
	base := filepath.Join(cache, "debian-bookworm")
	if err := os.Mkdir(base, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(base, baseSources), []byte("deb http://used.example/debian bookworm main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := DebianMirror(slipway.Settings{}, cache); got.URL != "http://used.example/debian" {
		t.Errorf("got %+v", got)
	}
}

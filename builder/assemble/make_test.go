package assemble_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
	"github.com/slipway-ci/slipway/buildpacks"
)

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// testLog writes what happens to the test's log.
type testLog struct{ t *testing.T }

func (l testLog) Line(line slipway.LogLine) { l.t.Logf("%s | %s", line.Step, line.Text) }

func (l testLog) Event(e slipway.StepEvent) {
	if !e.Ended.IsZero() {
		l.t.Logf("%s: %.1f s %s", e.Step, e.Ended.Sub(e.Started).Seconds(), e.Error)
	}
}

// cacheDir is kept between runs where SLIPWAY_TEST_CACHE names a directory.
func cacheDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("SLIPWAY_TEST_CACHE"); dir != "" {
		return filepath.Join(dir, "stacks")
	}
	return t.TempDir()
}

func newAssembler(t *testing.T, h house, address, cache string) *assemble.Assembler {
	t.Helper()
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	return &assemble.Assembler{Address: address, Registry: h.auth, Lock: lock, Cache: cache, Log: testLog{t}}
}

func TestAssembler_MakesTheStacks(t *testing.T) {
	requireTools(t)
	h := newHouse(t)
	a := newAssembler(t, h, startDaemon(t, h), cacheDir(t))
	catalogue, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := assemble.DefaultTargets(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	made, err := a.Make(t.Context(), targets)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	for _, m := range made {
		var size int64
		layers, err := h.image(t, m.Image.String()).Layers()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layers {
			n, err := l.Size()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("  layer %.1f MB", float64(n)/1e6)
			size += n
		}
		t.Logf("%s: %.1f MB, %d layers, %s", m.Image, float64(size)/1e6, len(layers), m.Took)
	}
}

//go:build e2e

package e2e_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

// TestPlan plans a tree of 10,000 files, twenty whole processes. The bar is
// 100 ms; the test fails only far above it, since machines differ.
func TestPlan(t *testing.T) {
	const files, perDir, runs, bar = 10_000, 100, 20, 100 * time.Millisecond
	w := &world{program: program(t), data: t.TempDir()}
	dir := filepath.Join(t.TempDir(), "big")
	write(t, filepath.Join(dir, "go.mod"), "module example.com/big\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() {}\n")
	for i := range files - 2 {
		name := filepath.Join(dir, fmt.Sprintf("p%d", i/perDir), fmt.Sprintf("f%d.go", i))
		write(t, name, fmt.Sprintf("package p%d\n\nconst C%d = %d\n", i/perDir, i, i))
	}
	took := make([]time.Duration, runs)
	w.must(t, "plan", dir) // the page cache is warm from here on
	for i := range took {
		o := w.must(t, "plan", dir, "--output", "json")
		if p := decode[slipway.Plan](t, o.stdout); p.Language != "go" || len(p.Start) == 0 {
			t.Fatalf("planned %s", o.stdout)
		}
		took[i] = o.took
	}
	slices.Sort(took)
	median := took[runs/2]
	t.Logf("plan of %d files: median %s, from %s to %s", files, median, took[0], took[runs-1])
	if median > 10*bar {
		t.Errorf("median %s, more than ten times %s", median, bar)
	}
}

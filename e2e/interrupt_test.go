//go:build e2e

package e2e_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt ends a build politely in the middle of a compile, as Ctrl-C
// and a service manager do. It says one sentence and leaves nothing, and the
// next build works.
func TestInterrupt(t *testing.T) { //nolint:tparallel // its parts share one data directory and come one after another
	t.Parallel()
	w := newWorld(t)
	slow := slowService(t)
	for name, signal := range map[string]syscall.Signal{"Ctrl-C": syscall.SIGINT, "SIGTERM": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := w.start(t, "build", slow, "--service", "shop/slow", "--oci", filepath.Join(dir, "image.tar"))
			p.until(t, "a compiler runs", reach, func() bool { return w.compiles(t) })
			said, begun := len(p.stderr.String()), time.Now()
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			o := p.wait(t)
			after := o.stderr[said:]
			t.Logf("ended after %s, saying:\n%s", time.Since(begun).Round(time.Millisecond), after)
			if n := strings.Count("\n"+after, "\nslipway: "); o.code != 75 || n != 1 || !strings.HasSuffix(after, "slipway: interrupted\n") || o.stdout != "" {
				t.Errorf("exit code %d, want 75 and one sentence; stdout %q", o.code, o.stdout)
			}
			nothingIn(t, dir)
			nothingLeft(t, w)
		})
	}
	t.Run("the next build works", func(t *testing.T) {
		dir := sample(t, "stdlib", filepath.Join(t.TempDir(), "stdlib"))
		if r := w.build(t, dir, "--service", "shop/stdlib"); r.Known || r.Image.Digest == "" {
			t.Errorf("built %+v", r)
		}
	})
}

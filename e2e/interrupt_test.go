//go:build e2e

package e2e_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupt ends a build politely in the middle of a compile, as Ctrl-C and a
// service manager do. It says one sentence and leaves nothing.
func interrupt(t *testing.T, w *world, slow string, signal syscall.Signal) {
	t.Helper()
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
}

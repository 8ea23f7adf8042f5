//go:build e2e

package e2e_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sameService builds one service twice at once: first the same files, then
// others.
func (d *badDay) sameService(t *testing.T) {
	defer d.goesOn(t)
	both := func(t *testing.T, one, other string) (results [2]buildResult) {
		t.Helper()
		running := []*process{
			d.start(t, "build", one, "--service", "shop/twice", "--output", "json"),
			d.start(t, "build", other, "--service", "shop/twice", "--output", "json"),
		}
		for i, p := range running {
			o := p.wait(t)
			if o.code != 0 {
				t.Fatalf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
			}
			results[i] = decode[buildResult](t, o.stdout)
		}
		return results
	}
	greeter := func(greeting string) string {
		dir := filepath.Join(t.TempDir(), "greeter")
		write(t, filepath.Join(dir, "go.mod"), "module example.com/greeter\n\ngo 1.26\n")
		write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(\""+greeting+"\") }\n")
		return dir
	}
	t.Run("the same files", func(t *testing.T) {
		dir := greeter("hello")
		r := both(t, dir, dir)
		if diff := cmp.Diff(r[0].Image.Content, r[1].Image.Content); diff != "" {
			t.Errorf("content (-one +other):\n%s", diff)
		}
	})
	t.Run("other files", func(t *testing.T) {
		r := both(t, greeter("hello again"), greeter("good day"))
		if r[0].Image.Content == r[1].Image.Content || r[0].Image.Tag == r[1].Image.Tag {
			t.Errorf("one %+v, other %+v", r[0].Image, r[1].Image)
		}
	})
}

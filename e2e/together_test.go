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
	dirs := [2]string{}
	for i, name := range []string{"one", "other"} {
		dirs[i] = sample(t, "hello", filepath.Join(t.TempDir(), name))
		replaceIn(t, filepath.Join(dirs[i], "main.go"), "hello from slipway", "hello from "+name)
	}
	t.Run("the same files", func(t *testing.T) {
		r := both(t, dirs[0], dirs[0])
		if diff := cmp.Diff(r[0].Image.Content, r[1].Image.Content); diff != "" {
			t.Errorf("content (-one +other):\n%s", diff)
		}
	})
	t.Run("other files", func(t *testing.T) {
		replaceIn(t, filepath.Join(dirs[0], "main.go"), "hello from one", "hello again from one")
		r := both(t, dirs[0], dirs[1])
		if r[0].Image.Content == r[1].Image.Content || r[0].Image.Tag == r[1].Image.Tag {
			t.Errorf("one %+v, other %+v", r[0].Image, r[1].Image)
		}
	})
}

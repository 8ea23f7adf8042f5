package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func TestSources_Heads(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			s := source.New(config)
			r.write("f", "one")
			one := r.push("one")
			r.git("tag", "-a", "-m", "x", "v1.0.0")
			r.git("push", "-q", "origin", "v1.0.0", "main:refs/heads/feature/x")
			r.write("f", "two")
			two := r.push("two")
			heads, def, err := s.Heads(t.Context(), r.url)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(map[string]string{"refs/heads/main": two, "refs/heads/feature/x": one}, heads); d != "" || def != "refs/heads/main" {
				t.Errorf("the default is %q; heads:\n%s", def, d)
			}
			if _, _, err := s.Heads(t.Context(), r.url+"-not"); slipway.ErrorCode(err) != slipway.CodeNotFound {
				t.Errorf("no repository: %v, want not_found", err)
			}
		})
	}
}

package source_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func read(t *testing.T, tree *source.Tree, name string) string {
	t.Helper()
	data, err := fs.ReadFile(tree.FS(), name)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return string(data)
}

func hash(t *testing.T, tree *source.Tree, inputs ...string) string {
	t.Helper()
	sum, err := tree.Hash(inputs)
	if err != nil {
		t.Fatalf("hash %v: %v", inputs, err)
	}
	return sum
}

func TestSources_Open_follows_a_branch(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			s := source.New(config)
			for i := range 30 {
				r.write(filepath.Join("d", string(rune('a'+i))), strings.Repeat("x", 1000+i))
			}
			r.write("f", "one")
			one := r.push("one")
			first := open(t, s, source.Location{URL: r.url})
			want := slipway.Revision{
				SHA: one, Branch: "main", Source: r.url,
				Time: time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC),
			}
			if diff := cmp.Diff(want, first.Revision()); diff != "" {
				t.Errorf("revision (-want +got):\n%s", diff)
			}
			before := mirrorBytes(t, config.Mirrors)

			r.write("f", "two")
			two := r.push("two")
			second := open(t, s, source.Location{URL: r.url, Ref: "main"})
			if got := second.Revision().SHA; got != two {
				t.Errorf("second = %s, want %s", got, two)
			}
			if got := read(t, first, "f") + read(t, second, "f"); got != "onetwo" {
				t.Errorf("both trees have %q, want onetwo", got)
			}
			if grown := mirrorBytes(t, config.Mirrors) - before; grown > 20_000 {
				t.Errorf("the mirror grew by %d bytes for a commit of one small file", grown)
			}

			r.git("reset", "-q", "--hard", one)
			r.write("g", "rewritten")
			forced := r.push("forced")
			if got := open(t, s, source.Location{URL: r.url}); got.Revision().SHA != forced || read(t, got, "g") != "rewritten" {
				t.Errorf("after a force push: %s, want %s", got.Revision().SHA, forced)
			}
			r.git("checkout", "-q", two, "--", "f")
			r.git("rm", "-q", "g")
			r.push("back to the files of two")
			back := open(t, s, source.Location{URL: r.url})
			if hash(t, back) != hash(t, second) {
				t.Errorf("the same files have another hash")
			}
			if hash(t, back) == hash(t, first) {
				t.Errorf("other files have the same hash")
			}
		})
	}
}

// mirrorBytes adds up the objects of all mirrors.
func mirrorBytes(t *testing.T, dir string) (sum int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, "objects") {
			return err
		}
		fi, err := d.Info()
		if err == nil {
			sum += fi.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestSources_Open_reads_what_a_ref_can_be(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			s := source.New(config)
			r.write("f", "tagged")
			tagged := r.push("tagged")
			r.git("tag", "-a", "-m", "x", "v1.2.3")
			r.git("tag", "light")
			r.write("f", "later")
			later := r.push("later")
			r.git("push", "-q", "origin", "HEAD:refs/heads/feature/x")
			r.git("push", "-q", "origin", "HEAD:refs/pull/7/head")
			annotated := r.git("rev-parse", "v1.2.3")
			for _, c := range []struct {
				ref  string
				want slipway.Revision
			}{
				{"v1.2.3", slipway.Revision{SHA: tagged, Tag: "v1.2.3"}},
				{"light", slipway.Revision{SHA: tagged, Tag: "light"}},
				{"refs/tags/v1.2.3", slipway.Revision{SHA: tagged, Tag: "v1.2.3"}},
				{"feature/x", slipway.Revision{SHA: later, Branch: "feature/x"}},
				{"refs/pull/7/head", slipway.Revision{SHA: later}},
				{"HEAD", slipway.Revision{SHA: later, Branch: "main"}},
				{later, slipway.Revision{SHA: later}},
				{tagged, slipway.Revision{SHA: tagged}},
				{annotated, slipway.Revision{SHA: tagged}},
				{later[:9], slipway.Revision{SHA: later}},
			} {
				tree := open(t, s, source.Location{URL: r.url, Ref: c.ref})
				got := tree.Revision()
				c.want.Time, c.want.Source = got.Time, r.url
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.ref, diff)
				}
			}
			refused(t, s, source.Location{URL: r.url, Ref: "featur/x"}, slipway.CodeNotFound, `no branch or tag "featur/x"`)
			_, err := s.Open(t.Context(), source.Location{URL: r.url, Ref: "featur/x"})
			if got := details(err); !strings.Contains(got, "feature/x") {
				t.Errorf("details = %q, want the similar name", got)
			}
			refused(t, s, source.Location{URL: r.url, Ref: strings.Repeat("ab", 20)}, slipway.CodeNotFound, "no commit abab")
			refused(t, s, source.Location{URL: r.url, Subdir: "nowhere"}, slipway.CodeNotFound, `no directory "nowhere"`)
		})
	}
}

func TestSources_Open_fetches_a_commit_that_no_ref_has(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "first")
			first := r.push("first")
			r.write("f", "second")
			r.push("second")
			// Reachable from main, at no tip.
			tree := open(t, source.New(config), source.Location{URL: r.url, Ref: first})
			if got := read(t, tree, "f"); got != "first" {
				t.Errorf("f = %q, want first", got)
			}
		})
	}
}

func TestSources_Open_mends_a_damaged_mirror(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("d/f", "text")
			r.push("one")
			s := source.New(config)
			before := open(t, s, source.Location{URL: r.url})
			if err := before.Close(); err != nil {
				t.Fatal(err)
			}
			removeObjects(t, config.Mirrors)
			tree := open(t, s, source.Location{URL: r.url})
			if got := read(t, tree, "d/f"); got != "text" {
				t.Errorf("d/f = %q, want text", got)
			}
		})
	}
}

// removeObjects leaves the references and takes what they lead to.
func removeObjects(t *testing.T, mirrors string) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(mirrors, "*", "*", "objects", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no objects in %s: %v", mirrors, err)
	}
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSources_Open_twice_at_once(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "text")
			sha := r.push("one")
			results := make(chan error, 4)
			for range cap(results) {
				go func() {
					tree, err := source.New(config).Open(t.Context(), source.Location{URL: r.url})
					if err == nil {
						if tree.Revision().SHA != sha {
							t.Errorf("revision = %s, want %s", tree.Revision().SHA, sha)
						}
						err = tree.Close()
					}
					results <- err
				}()
			}
			for range cap(results) {
				if err := <-results; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

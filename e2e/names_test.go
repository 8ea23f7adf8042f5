//go:build e2e

package e2e_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

// names builds from a repository by branch, tag and commit id, in a
// subdirectory, and looks at what images are called and say of themselves.
func (s *shared) names(t *testing.T) {
	repo := newRepository(t)
	sample(t, "stdlib", filepath.Join(repo.dir, "services", "front"))
	first := repo.commit(t, "first")
	repo.git(t, repo.dir, "tag", "v1.2.3")
	write(t, filepath.Join(repo.dir, "README.md"), "# shop\n")
	second := repo.commit(t, "second")
	repo.git(t, repo.dir, "branch", "feature/Checkout")
	const subdir = ":services/front"
	for _, c := range []struct {
		name, ref string
		sha, tag  string
		version   string
		created   string
	}{
		{"branch", "main", second, "main-20231115001320-" + second[:8], "main-20231115001320-" + second[:8], "2023-11-15T00:13:20Z"},
		{"branch that a tag cannot spell", "feature/Checkout", second, slipway.Slug("feature/Checkout") + "-20231115001320-" + second[:8], slipway.Slug("feature/Checkout") + "-20231115001320-" + second[:8], "2023-11-15T00:13:20Z"},
		{"git tag", "v1.2.3", first, "1.2.3", "1.2.3", "2023-11-14T23:13:20Z"},
		{"commit", first, first, "detached-20231114231320-" + first[:8], "detached-20231114231320-" + first[:8], "2023-11-14T23:13:20Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.build(t, repo.url+"#"+c.ref+subdir, "--service", "shop/front")
			if r.Image.Tag != c.tag || r.Image.Repository != "slipway.internal/shop/front" {
				t.Errorf("image %s:%s, want tag %s", r.Image.Repository, r.Image.Tag, c.tag)
			}
			img := factsOf(t, fetch(t, s.images(), "shop/front:"+r.Image.Tag))
			got := map[string]string{}
			for _, l := range []string{slipway.LabelRevision, slipway.LabelVersion, slipway.LabelSource, slipway.LabelCreated, slipway.LabelService, slipway.LabelKey} {
				got[l] = img.config.Config.Labels[l]
			}
			want := map[string]string{
				slipway.LabelRevision: c.sha, slipway.LabelVersion: c.version, slipway.LabelSource: repo.url,
				slipway.LabelCreated: c.created, slipway.LabelService: "shop/front", slipway.LabelKey: string(r.Image.Key),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
			again := s.build(t, repo.url+"#"+c.ref+subdir, "--service", "shop/front")
			if diff := cmp.Diff(r.Image, again.Image); diff != "" || !again.Known {
				t.Errorf("built again, known %t (-first +again):\n%s", again.Known, diff)
			}
		})
	}
	t.Run("another image of the same commit", s.sameCommit)
	t.Run("what is not there", func(t *testing.T) {
		for _, ref := range []string{"#no-such-branch", "#main:no/such/directory"} {
			if o := s.run(t, "build", repo.url+ref, "--service", "shop/front"); o.code != 1 {
				t.Errorf("%s: exit code %d, want 1\n%s", ref, o.code, o.stderr)
			}
		}
	})
}

// sameCommit builds one of two programs, then the other under the same
// service's name: another image of the same commit. The first one's tag stays
// where it is, whatever is built again.
func (s *shared) sameCommit(t *testing.T) {
	repo := newRepository(t)
	write(t, filepath.Join(repo.dir, "go.mod"), "module example.com/two\n\ngo 1.26\n")
	for _, program := range []string{"one", "two"} {
		write(t, filepath.Join(repo.dir, "cmd", program, "main.go"), "package main\n\nfunc main() { println(\""+program+"\") }\n")
	}
	sha := repo.commit(t, "two programs")
	build := func(program string) slipway.Image {
		return s.build(t, repo.url+"#main", "--service", "shop/two", "--main", "./cmd/"+program).Image
	}
	one, two := build("one"), build("two")
	tag := "main-20231114231320-" + sha[:8]
	if one.Tag != tag || two.Tag != tag+"-r2" || one.Digest == two.Digest {
		t.Errorf("tags %s and %s, want %s and its -r2", one.Tag, two.Tag, tag)
	}
	for range 2 {
		if diff := cmp.Diff([]slipway.Image{one, two}, []slipway.Image{build("one"), build("two")}); diff != "" {
			t.Errorf("built again (-first +again):\n%s", diff)
		}
	}
	img, err := fetch(t, s.images(), "shop/two:"+tag).Digest()
	if err != nil || img.String() != one.Digest {
		t.Errorf("%s is %s, %v, want %s", tag, img, err, one.Digest)
	}
}

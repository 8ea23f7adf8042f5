//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/slipway-ci/slipway"
)

const proofService = "shop/hello"

// proofBuild is one row of the proof.
type proofBuild struct {
	daemon, commit string
	buildResult
}

// TestProof is the proof of content image and build key: commit A, B which
// touches only the README, and C which touches one source file, on a warm
// daemon of a machine with every organisation setting there is, and on a cold
// daemon of a machine with none.
func TestProof(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	repo := newRepository(t)
	a, b, c := commitABC(t, repo)
	private := "SLIPWAY_PRIVATE_HOSTS=127.0.0.1"
	office := newOffice(t)
	warm, cold := newWorld(t, append(office.env, private)...), newWorld(t, private)
	var rows []proofBuild
	build := func(w *world, daemon, commit, sha string, flags ...string) buildResult {
		r := w.build(t, append([]string{repo.url + "#" + sha, "--service", proofService}, flags...)...)
		rows = append(rows, proofBuild{daemon, commit, r})
		return r
	}
	warmA, warmB := build(warm, "warm", "A", a), build(warm, "warm", "B", b)
	warmC, forcedC := build(warm, "warm", "C", c), build(warm, "warm", "C again", c, "--force")
	if _, err := os.Stat(filepath.Join(cold.data, "buildkit")); err == nil {
		t.Fatal("the second daemon is not cold")
	}
	coldC, coldA := build(cold, "cold", "C", c), build(cold, "cold", "A", a)
	t.Log(proofTable(rows))

	t.Run("which builds solve", func(t *testing.T) {
		got := []bool{warmA.Known, warmB.Known, warmC.Known, forcedC.Known, coldC.Known, coldA.Known}
		if want := []bool{false, true, false, false, false, false}; !slices.Equal(got, want) {
			t.Errorf("known: %v, want %v", got, want)
		}
	})
	t.Run("equal digests per commit", func(t *testing.T) {
		sameImage(t, "A on both daemons", warmA, coldA)
		sameImage(t, "C on both daemons", warmC, coldC)
		sameImage(t, "C with every step run again", warmC, forcedC)
		if warmA.Image.Content == warmC.Image.Content {
			t.Error("A and C, which have other sources, have the same content image")
		}
	})
	images := warm.stored(t)
	read := func(digest string) facts { return factsOf(t, fetch(t, images, proofService+"@"+digest)) }
	t.Run("a README changes labels only", func(t *testing.T) {
		if warmA.Image.Content != warmB.Image.Content || warmA.Image.Digest == warmB.Image.Digest {
			t.Errorf("contents %s and %s, digests %s and %s", warmA.Image.Content, warmB.Image.Content, warmA.Image.Digest, warmB.Image.Digest)
		}
		onlyStampDiffers(t, read(warmA.Image.Digest), read(warmB.Image.Digest))
		onlyStampDiffers(t, read(warmA.Image.Content), read(warmA.Image.Digest))
	})
	t.Run("a source changes the program's layer only", func(t *testing.T) {
		before, after := read(warmA.Image.Digest), read(warmC.Image.Digest)
		program := slices.IndexFunc(warmA.Plan.Layers, func(l slipway.Layer) bool { return l.Role == slipway.RoleProgram })
		at := len(before.layers) - len(warmA.Plan.Layers) + program
		if program < 0 || len(before.layers) != len(after.layers) || before.layers[at] == after.layers[at] {
			t.Fatalf("layers %v and %v, program's expected at %d", before.layers, after.layers, at)
		}
		before.layers[at] = after.layers[at]
		if diff := cmp.Diff(before.layers, after.layers); diff != "" {
			t.Errorf("other layers than the program's differ (-A +C):\n%s", diff)
		}
	})
	t.Run("every layer and the creation time of content are fixed", func(t *testing.T) {
		epochOnly(t, fetch(t, images, proofService+"@"+warmC.Image.Content))
	})
	t.Run("nothing of the machine is in it", func(t *testing.T) { office.leftNothing(t, warm, rows) })
}

func commitABC(t *testing.T, repo *repository) (a, b, c string) {
	t.Helper()
	sample(t, "hello", repo.dir)
	write(t, filepath.Join(repo.dir, "README.md"), "# hello\n")
	a = repo.commit(t, "A")
	write(t, filepath.Join(repo.dir, "README.md"), "# hello\n\nIt says hello.\n")
	b = repo.commit(t, "B")
	replaceIn(t, filepath.Join(repo.dir, "main.go"), "hello from slipway", "good day from slipway")
	c = repo.commit(t, "C")
	return a, b, c
}

func sameImage(t *testing.T, what string, one, other buildResult) {
	t.Helper()
	if diff := cmp.Diff(one.Image, other.Image); diff != "" {
		t.Errorf("%s (-one +other):\n%s", what, diff)
	}
}

// onlyStampDiffers compares everything but the labels and the time that a
// stamp sets.
func onlyStampDiffers(t *testing.T, one, other facts) {
	t.Helper()
	if diff := cmp.Diff(one.layers, other.layers); diff != "" {
		t.Errorf("layers (-one +other):\n%s", diff)
	}
	plain := func(f facts) *v1.ConfigFile {
		c := f.config.DeepCopy()
		c.Created = v1.Time{}
		for _, l := range []string{
			slipway.LabelCreated, slipway.LabelRevision, slipway.LabelVersion, slipway.LabelSource,
			slipway.LabelService, slipway.LabelKey,
		} {
			delete(c.Config.Labels, l)
		}
		return c
	}
	if diff := cmp.Diff(plain(one), plain(other)); diff != "" {
		t.Errorf("configurations, stamp aside (-one +other):\n%s", diff)
	}
}

// epochOnly fails for a time in an image's history or in the layers of its
// program that is not the fixed one.
func epochOnly(t *testing.T, img v1.Image) {
	t.Helper()
	epoch := time.Unix(1_000_000_000, 0)
	f := factsOf(t, img)
	if !f.config.Created.Equal(epoch) {
		t.Errorf("created %s", f.config.Created)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if media, err := layers[0].MediaType(); err != nil || media != types.OCILayer {
		t.Errorf("media type %s, %v", media, err)
	}
	own := layers[len(layers)-1]
	for path, file := range filesOf(t, []v1.Layer{own}) {
		if !file.time.Equal(epoch) {
			t.Errorf("%s has the time %s", path, file.time)
		}
	}
}

func proofTable(rows []proofBuild) string {
	var s strings.Builder
	fmt.Fprintf(&s, "\n%-6s %-8s %-6s %-20s %-20s %9s\n", "DAEMON", "COMMIT", "KNOWN", "CONTENT", "DIGEST", "SECONDS")
	for _, r := range rows {
		fmt.Fprintf(&s, "%-6s %-8s %-6t %-20.19s %-20.19s %9.2f\n", r.daemon, r.commit, r.Known, r.Image.Content, r.Image.Digest, r.took.Seconds())
	}
	return s.String()
}

package local_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
	"github.com/slipway-ci/slipway/registry/local"
)

const day = 24 * time.Hour

func cart() slipway.ServiceName { return slipway.ServiceName{Team: "shop", Name: "cart"} }

func key(i int) slipway.BuildKey { return slipway.BuildKey(fmt.Sprintf("%064x", i+1)) }

// link is the file whose time tells when a content image was last used.
func link(dir string, k slipway.BuildKey) string {
	return filepath.Join(dir, "docker/registry/v2/repositories/shop/cart/_manifests/tags", registry.ContentTag(k), "current/link")
}

func usedAgo(t *testing.T, dir string, k slipway.BuildKey, ago time.Duration) {
	t.Helper()
	at := time.Now().Add(-ago)
	if err := os.Chtimes(link(dir, k), at, at); err != nil {
		t.Fatal(err)
	}
}

func lastUse(t *testing.T, dir string, k slipway.BuildKey) time.Duration {
	t.Helper()
	info, err := os.Stat(link(dir, k))
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(info.ModTime())
}

// images opens a registry as builds see it.
func images(t *testing.T, r *local.Registry) *registry.Registry {
	t.Helper()
	reg, err := registry.New(registry.Config{Host: "slipway.internal", Insecure: true, Transport: registry.InProcess(r.Handler()), RetryWait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// solved stores a content image of its own for a key.
func solved(t *testing.T, reg *registry.Registry, k slipway.BuildKey) v1.Image {
	t.Helper()
	img, err := random.Image(10_000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.PutContent(t.Context(), cart(), k, img); err != nil {
		t.Fatal(err)
	}
	return img
}

func stamp(ctx context.Context, reg *registry.Registry, k slipway.BuildKey, content string) (slipway.Image, error) {
	return reg.Stamp(ctx, registry.StampRequest{
		Service: cart(), Content: content, Key: k,
		Revision: slipway.Revision{SHA: string(k)[24:], Branch: "main", Time: time.Unix(1_700_000_000, 0)},
	})
}

func TestRegistry_GC_expiresContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, _ := start(t, local.Config{Dir: dir})
	reg := images(t, first)
	var stamped []slipway.Image
	for i := range 4 { // 0: old, stamped; 1: young, stamped; 2: unstamped for two hours; 3: unstamped just now
		img := solved(t, reg, key(i))
		if i < 2 {
			image, err := stamp(t.Context(), reg, key(i), digestOf(t, img))
			if err != nil {
				t.Fatal(err)
			}
			stamped = append(stamped, image)
		}
	}
	for i, ago := range []time.Duration{31 * day, 29 * day, 2 * time.Hour, 0} {
		usedAgo(t, dir, key(i), ago)
	}
	if err := first.Close(); err != nil { // and with it the leases
		t.Fatal(err)
	}
	r, host := start(t, local.Config{Dir: dir})
	before := size(t, dir)
	dry, err := r.GC(t.Context(), local.Policy{Unused: local.DefaultUnused, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if after := size(t, dir); after != before {
		t.Errorf("the dry run took %d bytes", before-after)
	}
	rep := collect(t, r)
	var gone []string
	for _, e := range rep.Expired {
		gone = append(gone, fmt.Sprintf("%s stamped %t", e.Tag, e.Stamped))
	}
	want := []string{registry.ContentTag(key(0)) + " stamped true", registry.ContentTag(key(2)) + " stamped false"}
	slices.Sort(gone)
	if diff := cmp.Diff(want, gone); diff != "" {
		t.Errorf("expired (-want +got):\n%s", diff)
	}
	// The layer of 0 stays for its image; that of 2 has nobody.
	if freed := before - size(t, dir); rep.Blobs != 5 || rep.Bytes < 10_000 || rep.Bytes > 15_000 || freed < rep.Bytes {
		t.Errorf("got %+v, and the directory lost %d bytes", rep, freed)
	}
	if dry.Blobs != rep.Blobs || dry.Bytes != rep.Bytes || dry.Manifests != rep.Manifests || len(dry.Expired) != len(rep.Expired) {
		t.Errorf("the dry run said %+v, the run %+v", dry, rep)
	}
	for _, image := range stamped {
		intact(t, tag(t, host+"/shop/cart:"+image.Tag))
	}
	for i, want := range []bool{false, true, false, true} {
		if _, known, err := images(t, r).FindContent(t.Context(), cart(), key(i)); err != nil || known != want {
			t.Errorf("key %d: known %t, %v; want %t", i, known, err, want)
		}
	}
}

// A known key is used, and that is written down at most once a day.
func TestRegistry_notesUseOnceADay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, _ := start(t, local.Config{Dir: dir})
	reg := images(t, r)
	solved(t, reg, key(0))
	for _, c := range []struct{ before, most time.Duration }{{40 * day, time.Hour}, {23 * time.Hour, day}} {
		usedAgo(t, dir, key(0), c.before)
		if _, known, err := reg.FindContent(t.Context(), cart(), key(0)); err != nil || !known {
			t.Fatalf("known %t, %v", known, err)
		}
		if ago := lastUse(t, dir, key(0)); ago > c.most || (c.before < day && ago < c.before) {
			t.Errorf("used %s ago, found now: the record says %s ago", c.before, ago)
		}
	}
}

// A build that has found its content stamps it, however a sweep comes between.
func TestRegistry_GC_betweenFindAndStamp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, _ := start(t, local.Config{Dir: dir})
	solved(t, images(t, first), key(0))
	solved(t, images(t, first), key(1))
	if err := first.Close(); err != nil { // and with it the leases
		t.Fatal(err)
	}
	usedAgo(t, dir, key(0), 20*time.Hour) // too young to be written down again
	r, host := start(t, local.Config{Dir: dir})
	reg := images(t, r)
	content, known, err := reg.FindContent(t.Context(), cart(), key(0))
	if err != nil || !known {
		t.Fatalf("known %t, %v", known, err)
	}
	rep, err := r.GC(t.Context(), local.Policy{})
	if err != nil || len(rep.Expired) != 1 || rep.Expired[0].Tag != registry.ContentTag(key(1)) {
		t.Fatalf("swept %+v, %v; want the content that nobody asked for", rep, err)
	}
	image, err := stamp(t.Context(), reg, key(0), content)
	if err != nil {
		t.Fatal(err)
	}
	intact(t, tag(t, host+"/shop/cart:"+image.Tag))
}

// Builds that look for their content while it is swept either have it to the
// end or are told that it is not known; what they stamp is whole.
func TestRegistry_GC_besideBuilds(t *testing.T) {
	t.Parallel()
	const builds = 24
	dir := t.TempDir()
	first, _ := start(t, local.Config{Dir: dir})
	contents := make([]v1.Image, builds)
	for i := range contents {
		contents[i] = solved(t, images(t, first), key(i))
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	r, host := start(t, local.Config{Dir: dir})
	reg := images(t, r)
	build := func(i int) (slipway.Image, error) {
		content, known, err := reg.FindContent(t.Context(), cart(), key(i))
		if err != nil {
			return slipway.Image{}, err
		}
		if !known {
			content = digestOf(t, contents[i])
			if err := reg.PutContent(t.Context(), cart(), key(i), contents[i]); err != nil {
				return slipway.Image{}, err
			}
		}
		return stamp(t.Context(), reg, key(i), content)
	}
	swept := 0
	for i := range builds {
		usedAgo(t, dir, key(i), 365*day)
		var both sync.WaitGroup
		both.Go(func() {
			rep, err := r.GC(t.Context(), local.Policy{Unused: 30 * day})
			if err != nil {
				t.Errorf("GC: %v", err)
			}
			swept += len(rep.Expired)
		})
		var image slipway.Image
		both.Go(func() {
			var err error
			if image, err = build(i); err != nil {
				t.Errorf("build %d: %v", i, err)
			}
		})
		both.Wait()
		if _, known, err := reg.FindContent(t.Context(), cart(), key(i)); err != nil || !known {
			t.Errorf("the content that build %d has just used is not known any more: %v", i, err)
		}
		intact(t, tag(t, host+"/shop/cart:"+image.Tag))
	}
	t.Logf("%d of %d contents were swept before their build asked", swept, builds)
}

package local_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry/local"
)

// size gives the bytes of all files below dir.
func size(tb testing.TB, dir string) (n int64) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func collect(tb testing.TB, r *local.Registry) local.Report {
	tb.Helper()
	rep, err := r.GC(tb.Context(), local.Policy{Unused: local.DefaultUnused})
	if err != nil {
		tb.Fatal(err)
	}
	return rep
}

func TestRegistry_GC_empty(t *testing.T) {
	t.Parallel()
	r, _ := start(t, local.Config{Dir: t.TempDir()})
	if rep := collect(t, r); rep.Blobs != 0 || rep.Manifests != 0 || rep.Bytes != 0 {
		t.Errorf("got %+v", rep)
	}
}

func TestRegistry_GC_removesWhatHasNoTag(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, host := start(t, local.Config{Dir: dir, Grace: time.Nanosecond})
	keep, moved := tag(t, host+"/shop/cart:keep"), tag(t, host+"/shop/cart:moved")
	push(t, keep, 1000)
	push(t, moved, 500_000)
	push(t, moved, 1000)
	before := size(t, dir)
	rep := collect(t, r)
	if freed := before - size(t, dir); rep.Manifests != 1 || rep.Blobs != 4 || rep.Bytes < 1_000_000 || freed < rep.Bytes {
		t.Errorf("got %+v, and the directory lost %d bytes", rep, freed)
	}
	intact(t, keep)
	intact(t, moved)
	if again := collect(t, r); again.Blobs != 0 || again.Manifests != 0 {
		t.Errorf("the second time: got %+v", again)
	}
}

func TestRegistry_GC_keepsWhatAPushHasNotTaggedYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, host := start(t, local.Config{Dir: dir})
	ref := tag(t, host+"/shop/cart:1")
	img, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if err := remote.WriteLayer(ref.Context(), l, remote.WithContext(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	collect(t, r)
	byDigest := ref.Context().Digest(digestOf(t, img))
	uploads := 0
	if err := remote.Write(byDigest, img, remote.WithContext(t.Context()), remote.WithTransport(roundTrip(func(q *http.Request) (*http.Response, error) {
		if q.Method == http.MethodPatch {
			uploads++
		}
		return http.DefaultTransport.RoundTrip(q)
	}))); err != nil {
		t.Fatal(err)
	}
	if uploads != 1 { // the configuration; the layers were kept
		t.Errorf("%d blobs had to be uploaded after the GC, want 1", uploads)
	}
	collect(t, r)
	intact(t, byDigest)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r, _ = start(t, local.Config{Dir: dir}) // leases end with the process
	if rep := collect(t, r); rep.Manifests != 1 || rep.Blobs != 4 {
		t.Errorf("after a restart: got %+v, want the untagged image gone", rep)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRegistry_GC_keepsReferrers(t *testing.T) {
	t.Parallel()
	r, host := start(t, local.Config{Dir: t.TempDir(), Grace: time.Nanosecond})
	ref := tag(t, host+"/shop/cart:1")
	img := push(t, ref, 1000)
	desc, err := remote.Head(ref, remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	signature = mutate.ConfigMediaType(mutate.MediaType(signature, types.OCIManifestSchema1), "application/vnd.test.signature")
	signed, ok := mutate.Subject(signature, *desc).(v1.Image)
	if !ok {
		t.Fatal("the signature is no image")
	}
	if err := remote.Write(ref.Context().Digest(digestOf(t, signed)), signed, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	if rep := collect(t, r); rep.Manifests != 0 || rep.Blobs != 0 {
		t.Errorf("got %+v, want nothing removed", rep)
	}
	index, err := remote.Referrers(ref.Context().Digest(digestOf(t, img)), remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Manifests) != 1 || m.Manifests[0].Digest.String() != digestOf(t, signed) {
		t.Errorf("referrers: got %+v, want %s", m.Manifests, digestOf(t, signed))
	}
	intact(t, ref.Context().Digest(digestOf(t, signed)))
}

func TestRegistry_GC_waitsForUploadsAndHoldsNewOnes(t *testing.T) {
	t.Parallel()
	r, host := start(t, local.Config{Dir: t.TempDir()})
	body, feed := io.Pipe()
	location := upload(t, host)
	patched := make(chan error, 1)
	go func() { patched <- patch(t.Context(), location, body) }()
	if _, err := feed.Write([]byte("first half ")); err != nil { // the upload is being read
		t.Fatal(err)
	}
	gave := make(chan error, 1)
	waitUntilBusy(t, r)
	go func() { _, err := r.GC(t.Context(), local.Policy{Unused: local.DefaultUnused}); gave <- err }()
	if _, err := feed.Write([]byte("second half")); err != nil {
		t.Fatal(err)
	}
	if err := feed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-patched; err != nil {
		t.Errorf("the upload that GC waited for: %v", err)
	}
	if err := <-gave; err != nil {
		t.Error(err)
	}
	push(t, tag(t, host+"/shop/cart:1"), 100)
}

// waitUntilBusy tries GC until an upload is in its way.
func waitUntilBusy(t *testing.T, r *local.Registry) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := r.GC(short, local.Policy{Unused: local.DefaultUnused})
		cancel()
		if slipway.ErrorCode(err) == slipway.CodeBusy {
			return
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("beside an upload that does not end: got %v, want %s", err, slipway.CodeBusy)
		}
	}
}

// upload begins an upload session and gives its address.
func upload(t *testing.T, host string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+host+"/v2/shop/cart/blobs/uploads/", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	location, err := res.Location()
	if err != nil {
		t.Fatal(err)
	}
	return location.String()
}

func patch(ctx context.Context, location string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, location, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusAccepted {
		return fmt.Errorf("status %s", res.Status)
	}
	return nil
}

func TestRegistry_GC_purgesOldUploads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, host := start(t, local.Config{Dir: dir})
	for range 2 {
		if err := patch(t.Context(), upload(t, host), bytes.NewReader(make([]byte, 1000))); err != nil {
			t.Fatal(err)
		}
	}
	started, err := filepath.Glob(filepath.Join(dir, "docker/registry/v2/repositories/shop/cart/_uploads/*/startedat"))
	if err != nil || len(started) != 2 {
		t.Fatalf("upload sessions: %v, %v", started, err)
	}
	yesterday := time.Now().Add(-25 * time.Hour).UTC().Format(time.RFC3339)
	if err := os.WriteFile(started[0], []byte(yesterday), 0o600); err != nil {
		t.Fatal(err)
	}
	if rep := collect(t, r); rep.Uploads != 1 {
		t.Errorf("got %+v, want one session purged", rep)
	}
	if _, err := os.Stat(started[1]); err != nil {
		t.Errorf("the young session is gone: %v", err)
	}
}

// A hammer: four clients push images that share layers, move tags and delete,
// while GC runs again and again. No image that has a tag may lose a byte.
func TestRegistry_GC_whilePushesRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, host := start(t, local.Config{Dir: dir, Grace: 30 * time.Second})
	shared, err := random.Layer(200_000, types.OCILayer)
	if err != nil {
		t.Fatal(err)
	}
	const clients, rounds = 4, 8
	var pushes sync.WaitGroup
	for c := range clients {
		pushes.Go(func() { hammer(t, fmt.Sprintf("%s/shop/s%d", host, c%2), c, rounds, shared) })
	}
	stop, collected := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { collected <- n }()
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := r.GC(t.Context(), local.Policy{Unused: local.DefaultUnused}); err != nil {
				t.Error(err)
				return
			}
			n++
		}
	}()
	pushes.Wait()
	close(stop)
	if n := <-collected; n < 3 {
		t.Errorf("only %d collections ran beside the pushes", n)
	}
	allIntact(t, host, clients*rounds)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r, host = start(t, local.Config{Dir: dir})
	before := size(t, dir)
	if rep := collect(t, r); rep.Bytes == 0 || size(t, dir) >= before {
		t.Errorf("nothing was freed: %+v, %d of %d bytes left", rep, size(t, dir), before)
	}
	allIntact(t, host, clients*rounds)
}

// hammer pushes a kept image per round, and one that loses its tag.
func hammer(t *testing.T, repo string, client, rounds int, shared v1.Layer) {
	t.Helper()
	for i := range rounds {
		for _, name := range []string{fmt.Sprintf("keep-%d-%d", client, i), fmt.Sprintf("moving-%d", client)} {
			img, err := random.Image(20_000, 1)
			if err == nil {
				img, err = mutate.AppendLayers(img, shared)
			}
			if err == nil {
				err = remote.Write(tag(t, repo+":"+name), img, remote.WithContext(t.Context()))
			}
			if err != nil {
				t.Errorf("push %s:%s: %v", repo, name, err)
				return
			}
		}
	}
}

func allIntact(t *testing.T, host string, kept int) {
	t.Helper()
	n := 0
	for _, s := range []string{"/shop/s0", "/shop/s1"} {
		repo, err := name.NewRepository(host + s)
		if err != nil {
			t.Fatal(err)
		}
		tags, err := remote.List(repo, remote.WithContext(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		for _, tg := range tags {
			intact(t, repo.Tag(tg))
			if strings.HasPrefix(tg, "keep-") {
				n++
			}
		}
	}
	if n != kept {
		t.Errorf("%d of %d kept images have their tag", n, kept)
	}
}

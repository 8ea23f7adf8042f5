package registry_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
	"github.com/slipway-ci/slipway/registry/local"
)

var cart = slipway.ServiceName{Team: "shop", Name: "cart"}

const host = "registry.test"

// key is a build key of the right form.
func key(n int) slipway.BuildKey { return slipway.BuildKey(fmt.Sprintf("%064x", n)) }

func revision() slipway.Revision {
	return slipway.Revision{
		SHA: strings.Repeat("ab12", 10), Branch: "main", Source: "https://git.test/shop/cart.git",
		Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600)),
	}
}

// counted counts the requests by method and kind.
type counted struct {
	next          http.RoundTripper
	all, uploads  atomic.Int64
	blobDownloads atomic.Int64
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.all.Add(1)
	if r.Method == http.MethodPost {
		c.uploads.Add(1)
	}
	if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/") {
		c.blobDownloads.Add(1)
	}
	return c.next.RoundTrip(r)
}

// fixture is a Registry on an embedded registry.
type fixture struct {
	*registry.Registry
	counted *counted
}

func open(tb testing.TB) fixture {
	tb.Helper()
	l, err := local.Open(local.Config{Dir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	c := &counted{next: registry.InProcess(l.Handler())}
	r, err := registry.New(registry.Config{Host: host, Insecure: true, Transport: c, RetryWait: time.Millisecond})
	if err != nil {
		tb.Fatal(err)
	}
	return fixture{r, c}
}

// push pushes a content image as a build does, and gives its digest.
func (f fixture) push(tb testing.TB, service slipway.ServiceName, k slipway.BuildKey) (v1.Image, string) {
	tb.Helper()
	img := contentImage(tb)
	ref, err := name.NewTag(host+"/"+service.String()+":"+registry.ContentTag(k), name.Insecure)
	if err != nil {
		tb.Fatal(err)
	}
	if err := remote.Write(ref, img, remote.WithTransport(f.counted), remote.WithContext(tb.Context())); err != nil {
		tb.Fatal(err)
	}
	d, err := img.Digest()
	if err != nil {
		tb.Fatal(err)
	}
	return img, d.String()
}

func contentImage(tb testing.TB) v1.Image {
	tb.Helper()
	img, err := random.Image(2048, 3)
	if err != nil {
		tb.Fatal(err)
	}
	img = mutate.ConfigMediaType(mutate.MediaType(img, types.OCIManifestSchema1), types.OCIConfigJSON)
	cfg, err := img.ConfigFile()
	if err != nil {
		tb.Fatal(err)
	}
	cfg = cfg.DeepCopy()
	cfg.Architecture, cfg.OS = "amd64", "linux"
	cfg.Config.Labels = map[string]string{slipway.LabelTitle: "cart", slipway.LabelContract: "1"}
	cfg.Config.User = "10001:10001"
	img, err = mutate.ConfigFile(img, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return img
}

func TestRegistry_FindContent(t *testing.T) {
	t.Parallel()
	f := open(t)
	if d, ok, err := f.FindContent(t.Context(), cart, key(1)); d != "" || ok || err != nil {
		t.Fatalf("before the push: got %q, %v, %v", d, ok, err)
	}
	_, want := f.push(t, cart, key(1))
	if d, ok, err := f.FindContent(t.Context(), cart, key(1)); d != want || !ok || err != nil {
		t.Errorf("after the push: got %q, %v, %v, want %q", d, ok, err, want)
	}
	if _, ok, err := f.FindContent(t.Context(), cart, key(2)); ok || err != nil {
		t.Errorf("another key: got %v, %v", ok, err)
	}
}

func TestRegistry_Stamp(t *testing.T) {
	t.Parallel()
	f := open(t)
	img, digest := f.push(t, cart, key(1))
	f.counted.blobDownloads.Store(0)
	got, err := f.Stamp(t.Context(), registry.StampRequest{
		Service: cart, Content: digest, Revision: revision(), Key: key(1), Labels: map[string]string{"team.test/cost": "7"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "main-20260304040607-ab12ab12"; got.Tag != want || got.Repository != host+"/shop/cart" || got.Content != digest {
		t.Errorf("got %+v, want tag %s", got, want)
	}
	stamped, err := f.Image(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := stamped.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		slipway.LabelTitle: "cart", slipway.LabelContract: "1", "team.test/cost": "7",
		slipway.LabelCreated: "2026-03-04T04:06:07Z", slipway.LabelRevision: revision().SHA,
		slipway.LabelVersion: got.Tag, slipway.LabelService: "shop/cart", slipway.LabelKey: string(key(1)),
		slipway.LabelSource: revision().Source,
	}
	if diff := cmp.Diff(want, cfg.Config.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	sameExceptStamp(t, img, stamped)
	if n := f.counted.blobDownloads.Load(); n > 2 { // one configuration to stamp, one that this test read
		t.Errorf("%d blobs were downloaded; a stamp reads no layer", n)
	}
}

// sameExceptStamp compares layers, history, media types and the rest of the
// configuration.
func sameExceptStamp(t *testing.T, content, stamped v1.Image) {
	t.Helper()
	before, after := mustManifest(t, content), mustManifest(t, stamped)
	if diff := cmp.Diff(before.Layers, after.Layers); diff != "" {
		t.Errorf("layers (-content +stamped):\n%s", diff)
	}
	if before.MediaType != after.MediaType || before.Config.MediaType != after.Config.MediaType {
		t.Errorf("media types %s, %s became %s, %s", before.MediaType, before.Config.MediaType, after.MediaType, after.Config.MediaType)
	}
	b, err := content.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	a, err := stamped.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	a, b = a.DeepCopy(), b.DeepCopy()
	a.Created, a.Config.Labels, b.Created, b.Config.Labels = v1.Time{}, nil, v1.Time{}, nil
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("configuration (-content +stamped):\n%s", diff)
	}
}

func mustManifest(t *testing.T, img v1.Image) *v1.Manifest {
	t.Helper()
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRegistry_Stamp_twiceIsOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, digest := f.push(t, cart, key(1))
	req := registry.StampRequest{Service: cart, Content: digest, Revision: revision(), Key: key(1)}
	first, err := f.Stamp(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	f.counted.uploads.Store(0)
	second, err := f.Stamp(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" || f.counted.uploads.Load() != 0 {
		t.Errorf("the second stamp uploaded %d blobs and differs (-first +second):\n%s", f.counted.uploads.Load(), diff)
	}
}

func TestRegistry_Stamp_outsideGit(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, digest := f.push(t, cart, key(1))
	got, err := f.Stamp(t.Context(), registry.StampRequest{
		Service: cart, Content: digest, Revision: slipway.Revision{Dirty: true}, Key: key(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	img, err := f.Image(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Unix(1_000_000_000, 0); !cfg.Created.Equal(want) {
		t.Errorf("created %s, want %s", cfg.Created, want)
	}
	if _, ok := cfg.Config.Labels[slipway.LabelSource]; ok {
		t.Error("a directory without a remote has no source label")
	}
}

func TestRegistry_Stamp_manyAtOnceMoveNoTag(t *testing.T) {
	t.Parallel()
	f := open(t)
	const contents, each = 6, 4
	images := make([][each]slipway.Image, contents)
	digests := make([]string, contents)
	for i := range contents {
		_, digests[i] = f.push(t, cart, key(i))
	}
	var wg sync.WaitGroup
	for i := range contents {
		for j := range each {
			wg.Go(func() {
				img, err := f.Stamp(t.Context(), registry.StampRequest{Service: cart, Content: digests[i], Revision: revision(), Key: key(i)})
				if err != nil {
					t.Error(err)
				}
				images[i][j] = img
			})
		}
	}
	wg.Wait()
	tags := map[string]string{}
	for i := range contents {
		for j := range each {
			if images[i][j] != images[i][0] {
				t.Errorf("equal requests gave %v and %v", images[i][0], images[i][j])
			}
		}
		tags[images[i][0].Tag] = images[i][0].Digest
		if got := f.digest(t, images[i][0].Tag); got != images[i][0].Digest {
			t.Errorf("tag %s is at %s, its image is %s", images[i][0].Tag, got, images[i][0].Digest)
		}
	}
	if len(tags) != contents || tags["main-20260304040607-ab12ab12-r6"] == "" {
		t.Errorf("got tags %v, want -r2 to -r%d", tags, contents)
	}
}

func (f fixture) digest(t *testing.T, tag string) string {
	t.Helper()
	ref, err := name.NewTag(host+"/"+cart.String()+":"+tag, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	d, err := remote.Head(ref, remote.WithTransport(f.counted), remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return d.Digest.String()
}

// intruder is a second writer: right after the first write of a tag, it moves
// that tag to its own manifest.
type intruder struct {
	next     http.RoundTripper
	manifest []byte
	media    string
	struck   atomic.Bool
}

func (i *intruder) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := i.next.RoundTrip(r)
	if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, "/manifests/main-") || i.struck.Swap(true) {
		return res, err
	}
	again := r.Clone(r.Context())
	again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(i.manifest)), int64(len(i.manifest))
	again.Header.Set("Content-Type", i.media)
	second, err := i.next.RoundTrip(again)
	if err != nil {
		return nil, err
	}
	if second.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("the intruder got %s", second.Status)
	}
	return res, second.Body.Close()
}

func TestRegistry_Stamp_noticesAnotherWriter(t *testing.T) {
	t.Parallel()
	f := open(t)
	img, digest := f.push(t, cart, key(1))
	manifest, err := img.RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	second := &intruder{next: f.counted, manifest: manifest, media: string(types.OCIManifestSchema1)}
	r, err := registry.New(registry.Config{Host: host, Insecure: true, Transport: second})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Stamp(t.Context(), registry.StampRequest{Service: cart, Content: digest, Revision: revision(), Key: key(1)})
	if err != nil {
		t.Fatal(err)
	}
	if !second.struck.Load() || !strings.HasSuffix(got.Tag, "-r2") || f.digest(t, got.Tag) != got.Digest {
		t.Errorf("got %+v, and the tag is at %s", got, f.digest(t, got.Tag))
	}
}

// A registry whose storage lost a layer must not end in an image that looks
// whole.
func TestRegistry_Stamp_lostLayer(t *testing.T) {
	t.Parallel()
	f := open(t)
	img, digest := f.push(t, cart, key(1))
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	lost, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "http://"+host+"/v2/shop/cart/blobs/"+lost.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := f.counted.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusAccepted {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	_, err = f.Stamp(t.Context(), registry.StampRequest{Service: cart, Content: digest, Revision: revision(), Key: key(1)})
	if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(err.Error(), "lacks a blob") {
		t.Errorf("got %v", err)
	}
}

func TestRegistry_Stamp_badContent(t *testing.T) {
	t.Parallel()
	f := open(t)
	for digest, want := range map[string]slipway.Code{
		"main":                              slipway.CodeUsage,
		"sha256:" + strings.Repeat("0", 64): slipway.CodeNotFound,
	} {
		_, err := f.Stamp(t.Context(), registry.StampRequest{Service: cart, Content: digest, Revision: revision(), Key: key(1)})
		if got := slipway.ErrorCode(err); got != want {
			t.Errorf("content %q: got %q (%v), want %q", digest, got, err, want)
		}
	}
}

func BenchmarkRegistry_Stamp(b *testing.B) {
	for _, way := range []string{"in process", "in process, blobs in one request", "over loopback"} {
		b.Run(way, func(b *testing.B) {
			l, err := local.Open(local.Config{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = l.Close() })
			addr, err := l.Listen(context.WithoutCancel(b.Context()), "127.0.0.1:0", nil)
			if err != nil {
				b.Fatal(err)
			}
			cfg := registry.Config{Host: addr.String(), Insecure: true}
			if way != "over loopback" {
				cfg.Transport, cfg.Whole = registry.InProcess(l.Handler()), way != "in process"
			}
			benchmarkStamp(b, cfg)
		})
	}
}

func benchmarkStamp(b *testing.B, cfg registry.Config) {
	b.Helper()
	r, err := registry.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	ref, err := name.NewTag(cfg.Host+"/shop/cart:"+registry.ContentTag(key(1)), name.Insecure)
	if err != nil {
		b.Fatal(err)
	}
	img := contentImage(b)
	if err := remote.Write(ref, img); err != nil {
		b.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		b.Fatal(err)
	}
	rev := revision()
	for i := 0; b.Loop(); i++ {
		rev.SHA, rev.Time = fmt.Sprintf("%040x", i), rev.Time.Add(time.Second)
		if _, err := r.Stamp(b.Context(), registry.StampRequest{Service: cart, Content: digest.String(), Revision: rev, Key: key(1)}); err != nil {
			b.Fatal(err)
		}
	}
}

// A registry that takes a blob in one request gets the same image with fewer.
func TestRegistry_Stamp_BlobInOneRequest(t *testing.T) {
	t.Parallel()
	l, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var images [2]slipway.Image
	var requests [2]int64
	for i, whole := range []bool{false, true} {
		c := &counted{next: registry.InProcess(l.Handler())}
		r, err := registry.New(registry.Config{Host: host, Insecure: true, Transport: c, Whole: whole, RetryWait: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		f := fixture{r, c}
		service := slipway.ServiceName{Team: "shop", Name: fmt.Sprint("cart", i)}
		_, content := f.push(t, service, key(1))
		before := c.all.Load()
		images[i], err = f.Stamp(t.Context(), registry.StampRequest{Service: service, Content: content, Key: key(1), Revision: revision()})
		if err != nil {
			t.Fatal(err)
		}
		requests[i] = c.all.Load() - before
		img, err := f.Image(t.Context(), images[i])
		if err == nil {
			err = validate.Image(img)
		}
		if err != nil {
			t.Errorf("in one request: %t: the image is not whole: %v", whole, err)
		}
	}
	if requests[1] >= requests[0] {
		t.Errorf("%d requests, and %d with blobs in one", requests[0], requests[1])
	}
}

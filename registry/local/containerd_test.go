package local_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway/registry/local"
)

// BuildKit pulls and pushes with containerd's client: it must answer the
// challenge, push and pull.
func TestRegistry_Authenticated_containerd(t *testing.T) {
	t.Parallel()
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	addr, err := r.Listen(t.Context(), "127.0.0.1:0", &local.Guard{Owner: local.Credentials{User: "engine", Password: "s3cret"}})
	if err != nil {
		t.Fatal(err)
	}
	auth := docker.NewDockerAuthorizer(docker.WithAuthCreds(func(string) (string, string, error) { return "engine", "s3cret", nil }))
	resolver := docker.NewResolver(docker.ResolverOptions{Hosts: docker.ConfigureDefaultRegistries(
		docker.WithAuthorizer(auth), docker.WithPlainHTTP(docker.MatchLocalhost))})
	ref := addr.String() + "/shop/cart:1"
	config := []byte(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}`)
	manifest := []byte(`{"schemaVersion":2,"mediaType":"` + ocispec.MediaTypeImageManifest + `","config":{"mediaType":"` +
		ocispec.MediaTypeImageConfig + `","digest":"` + digest.FromBytes(config).String() + `","size":78},"layers":[]}`)
	pusher, err := resolver.Pusher(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	pushBlob(t, pusher, ocispec.MediaTypeImageConfig, config)
	pushBlob(t, pusher, ocispec.MediaTypeImageManifest, manifest)
	_, desc, err := resolver.Resolve(t.Context(), ref)
	if err != nil || desc.Digest != digest.FromBytes(manifest) {
		t.Fatalf("resolve: got %v, %v", desc, err)
	}
	fetcher, err := resolver.Fetcher(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	got, err := fetched(t.Context(), fetcher, desc)
	if err != nil || !bytes.Equal(got, manifest) {
		t.Errorf("got %q, %v", got, err)
	}
}

func fetched(ctx context.Context, f remotes.Fetcher, d ocispec.Descriptor) ([]byte, error) {
	body, err := f.Fetch(ctx, d)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	return io.ReadAll(body)
}

func pushBlob(t *testing.T, p remotes.Pusher, media string, b []byte) {
	t.Helper()
	d := ocispec.Descriptor{MediaType: media, Digest: digest.FromBytes(b), Size: int64(len(b))}
	w, err := p.Push(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(t.Context(), d.Size, d.Digest); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

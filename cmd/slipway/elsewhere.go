package main

import (
	"context"
	"strings"

	"github.com/containerd/containerd/v2/plugins/content/local"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
)

// solveElsewhere builds on a daemon that cannot reach the embedded registry:
// the stack images that are kept there go through the session, and the
// content image comes back the same way, blob by blob, only those that the
// other side lacks. Both use one directory, which is an OCI image layout to
// go-containerregistry and a content store to containerd.
func (p *platform) solveElsewhere(ctx context.Context, client *solve.Client, r solve.Request, key slipway.BuildKey) (string, error) {
	dir := p.dir.join("cache", "content")
	blobs, err := layout.Write(dir, empty.Index)
	if err != nil {
		return "", slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be used", dir).Because(err)
	}
	store, err := local.NewStore(dir)
	if err != nil {
		return "", slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be used", dir).Because(err)
	}
	if strings.HasPrefix(r.Stack.Run.Name, internalRegistry+"/") {
		if err := p.carry(ctx, blobs, r.Stack); err != nil {
			return "", err
		}
		r.Images = store
	}
	r.Target = solve.Target{Store: store}
	digest, err := client.Build(ctx, r)
	if err != nil {
		return "", err
	}
	return digest, p.takeIn(ctx, blobs, digest, r.Service, key)
}

// carry lays the stack's images where the session serves them from.
func (p *platform) carry(ctx context.Context, blobs layout.Path, stack slipway.Stack) error {
	for _, image := range stack.Images() {
		name := strings.TrimPrefix(withoutTag(image.Name), internalRegistry+"/")
		img, err := p.fetch(ctx, name+"@"+image.Digest)
		if err != nil {
			return err
		}
		if err := blobs.WriteImage(img); err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "the stack image %s cannot be copied into %s", image.Name, string(blobs)).Because(err)
		}
	}
	return nil
}

// takeIn stores what came back in the embedded registry.
func (p *platform) takeIn(ctx context.Context, blobs layout.Path, digest string, service slipway.ServiceName, key slipway.BuildKey) error {
	hash, err := v1.NewHash(digest)
	if err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the daemon gave %q for an image", digest).WithClass(slipway.ClassPlatform)
	}
	img, err := arrived(blobs, hash)
	if err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the content image %s did not arrive whole", digest).
			WithClass(slipway.ClassPlatform).Because(err)
	}
	return p.images.PutContent(ctx, service, key, img)
}

// arrived reads an image that the daemon has written: it writes blobs and no
// index, by which the layout finds images.
func arrived(blobs layout.Path, hash v1.Hash) (v1.Image, error) {
	manifest, err := blobs.Bytes(hash)
	if err != nil {
		return nil, err
	}
	if err := blobs.AppendDescriptor(v1.Descriptor{MediaType: types.OCIManifestSchema1, Size: int64(len(manifest)), Digest: hash}); err != nil {
		return nil, err
	}
	return blobs.Image(hash)
}

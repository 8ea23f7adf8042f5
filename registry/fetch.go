package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway"
)

// Image reads an image of this registry by its digest. Layers are read when
// they are asked for, with ctx.
func (r *Registry) Image(ctx context.Context, img slipway.Image) (v1.Image, error) {
	h, err := v1.NewHash(img.Digest)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "%q is not an image's digest", img.Digest).Because(err)
	}
	return fetch(ctx, r.repository(img.Service).Digest(h.String()), r.client.options)
}

// Fetch reads an image of any registry, by tag or digest; of an index, the
// image for linux/amd64. Layers are read when they are asked for, with ctx.
func Fetch(ctx context.Context, from Remote) (v1.Image, error) {
	ref, err := name.ParseReference(from.Name, from.names()...)
	if err != nil || strings.Contains(from.Name, "://") {
		return nil, slipway.Errorf(slipway.CodeUsage, "%q is not an image reference", from.Name).
			WithHint("write REPOSITORY:TAG or REPOSITORY@DIGEST").Because(err)
	}
	return fetch(ctx, ref, from.options())
}

func fetch(ctx context.Context, ref name.Reference, options []remote.Option) (v1.Image, error) {
	d, err := remote.Get(ref, append(slices.Clip(options), remote.WithContext(ctx))...)
	if err != nil {
		return nil, explain(ref, "be read", err)
	}
	img, err := d.Image()
	if err != nil {
		return nil, explain(ref, "be read", err)
	}
	return img, nil
}

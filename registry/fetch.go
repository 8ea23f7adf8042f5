package registry

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/google/go-containerregistry/pkg/name"

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

// fetch reads an image; of an index, the one for linux/amd64.
func fetch(ctx context.Context, ref name.Reference, options []remote.Option) (v1.Image, error) {
	d, err := remote.Get(ref, append(options[:len(options):len(options)], remote.WithContext(ctx))...)
	if err != nil {
		return nil, explain(ref, "be read", err)
	}
	img, err := d.Image()
	if err != nil {
		return nil, explain(ref, "be read", err)
	}
	return img, nil
}

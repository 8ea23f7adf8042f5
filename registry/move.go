package registry

import (
	"context"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway"
)

// Move has a moving tag name an image that is there. The caller sees that
// only one moves a service's tags at a time, and that the tag is one that may
// move (slipway.MovingTags).
func (r *Registry) Move(ctx context.Context, img slipway.Image, tag string) error {
	repo := r.repository(img.Service)
	from, err := name.NewDigest(repo.Name() + "@" + img.Digest)
	if err != nil {
		return slipway.Errorf(slipway.CodeUsage, "%q is not the digest of an image", img.Digest).Because(err)
	}
	options := append([]remote.Option{remote.WithContext(ctx)}, r.client.options...)
	image, err := remote.Get(repo.Digest(from.DigestStr()), options...)
	if err != nil {
		return explain(from, "be read", err)
	}
	to := repo.Tag(tag)
	if err := remote.Tag(to, image, options...); err != nil {
		return explain(to, "be moved", err)
	}
	return nil
}

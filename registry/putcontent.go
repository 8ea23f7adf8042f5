package registry

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway"
)

// PutContent stores a content image that was made where this registry cannot
// be reached, under the tag that makes its key known. Layers that are here
// are not written again; the manifest goes last.
func (r *Registry) PutContent(ctx context.Context, service slipway.ServiceName, key slipway.BuildKey, img v1.Image) error {
	tag := r.repository(service).Tag(ContentTag(key))
	p, err := remote.NewPusher(r.client.options...)
	if err == nil {
		err = p.Push(ctx, tag, img)
	}
	if err != nil {
		return explain(tag, "be stored", err)
	}
	return nil
}

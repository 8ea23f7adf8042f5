package registry

import (
	"bytes"
	"context"
	"maps"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/slipway-ci/slipway"
)

// epoch is the creation time of an image that no commit gives one, and of
// all layers (2001-09-09T01:46:40Z).
const epoch = 1_000_000_000

// maxSameRevision is how many different images of one revision there may be.
const maxSameRevision = 10_000

// StampRequest says what a content image is of.
type StampRequest struct {
	Service  slipway.ServiceName
	Content  string // digest of the content image in the service's repository
	Revision slipway.Revision
	Key      slipway.BuildKey
	Labels   map[string]string // further labels; the stamp's own win
}

// Stamp makes the image of a revision from a content image: its labels and
// creation time are set, no layer is touched. The creation time is the
// commit's, or a fixed early one outside git, never the clock's, so that the
// same request always gives the same digest; when that image has its tag
// already, Stamp writes nothing. The tag is the revision's first one that is
// free; one that names another digest is never moved.
func (r *Registry) Stamp(ctx context.Context, req StampRequest) (slipway.Image, error) {
	defer r.lock(req.Service)()
	repo := r.repository(req.Service)
	ref, err := name.NewDigest(repo.Name() + "@" + req.Content)
	if err != nil {
		return slipway.Image{}, slipway.Errorf(slipway.CodeUsage, "%q is not the digest of a content image", req.Content).Because(err)
	}
	from, err := r.content(ctx, repo.Digest(ref.DigestStr()))
	if err != nil {
		return slipway.Image{}, err
	}
	config, manifest, err := from.with(req.mark)
	if err != nil {
		return slipway.Image{}, slipway.Errorf(slipway.CodeInvalid, "the content image %s cannot be stamped", ref).Because(err)
	}
	want := raw{manifest, from.manifest.MediaType}
	tag, err := r.tag(ctx, repo, req, want, config)
	if err != nil {
		r.contents.forget(ref.Name())
		return slipway.Image{}, err
	}
	return slipway.Image{
		Service: req.Service, Repository: repo.Name(), Tag: tag,
		Digest: digestOf(manifest).String(), Content: req.Content, Key: req.Key,
	}, nil
}

// tag finds the image's immutable tag, and writes the image when it is new.
func (r *Registry) tag(ctx context.Context, repo name.Repository, req StampRequest, m raw, config []byte) (string, error) {
	digest := digestOf(m.manifest)
	for n := 1; n <= maxSameRevision; n++ {
		tag := repo.Tag(req.Revision.ImageTag(n, req.Key))
		switch there, err := r.head(ctx, tag); {
		case err != nil:
			return "", err
		case there == digest:
			return tag.TagStr(), nil
		case there != (v1.Hash{}):
			continue
		}
		if err := r.write(ctx, tag, m, config); err != nil {
			return "", err
		}
		there, err := r.head(ctx, tag)
		if err != nil {
			return "", err
		}
		if there == digest { // else another writer was in between: the next one
			return tag.TagStr(), nil
		}
	}
	return "", slipway.Errorf(slipway.CodeUnavailable, "%s has %d images of %s", repo, maxSameRevision, req.Revision)
}

// write uploads the configuration, then the manifest that makes it an image.
// The Pusher is new each time: it would remember uploads that GC has removed.
func (r *Registry) write(ctx context.Context, tag name.Tag, m raw, config []byte) error {
	p, err := remote.NewPusher(r.client.options...)
	switch {
	case err != nil:
	case r.client.whole != nil:
		err = r.client.putWhole(ctx, tag.Context(), config)
	default:
		err = p.Upload(ctx, tag.Context(), static.NewLayer(config, types.OCIConfigJSON)) // a blob has no type of its own there
	}
	if err == nil {
		err = p.Put(ctx, tag, m)
	}
	if err != nil {
		return explain(tag, "be pushed", err)
	}
	return nil
}

// mark sets everything that the content image does not say.
func (req StampRequest) mark(c *v1.ConfigFile) {
	created := req.Revision.Time.UTC()
	if created.IsZero() {
		created = time.Unix(epoch, 0).UTC()
	}
	version := req.Revision.Version()
	if version == "" || req.Revision.Dirty {
		version = req.Revision.ImageTag(1, req.Key)
	}
	labels := maps.Clone(c.Config.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, req.Labels)
	maps.Copy(labels, map[string]string{
		slipway.LabelCreated:  created.Format(time.RFC3339),
		slipway.LabelRevision: req.Revision.String(),
		slipway.LabelVersion:  version,
		slipway.LabelService:  req.Service.String(),
		slipway.LabelKey:      string(req.Key),
	})
	if req.Revision.Source != "" {
		labels[slipway.LabelSource] = req.Revision.Source
	}
	c.Created, c.Config.Labels = v1.Time{Time: created.Truncate(time.Second)}, labels
}

// raw is a manifest as it is written.
type raw struct {
	manifest []byte
	media    types.MediaType
}

// RawManifest gives the bytes.
func (r raw) RawManifest() ([]byte, error) { return r.manifest, nil }

// MediaType says how to read them.
func (r raw) MediaType() (types.MediaType, error) { return r.media, nil }

func digestOf(b []byte) v1.Hash {
	h, _, _ := v1.SHA256(bytes.NewReader(b)) // reading from memory cannot fail
	return h
}

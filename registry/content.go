package registry

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
)

// maxContents is how many content images' manifests and configurations are
// kept in memory, some ten kilobytes each.
const maxContents = 512

// content is what a stamp needs of a content image.
type content struct {
	manifest *v1.Manifest
	config   *v1.ConfigFile
}

// contents keeps them by reference; a digest never changes what it names.
type contents struct {
	mu    sync.Mutex
	known map[string]content
}

func (c *contents) find(ref string) (content, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.known[ref]
	return found, ok
}

func (c *contents) keep(ref string, one content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxContents {
		c.known = map[string]content{}
	}
	c.known[ref] = one
}

func (c *contents) forget(ref string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, ref)
}

// content reads a content image's manifest and configuration. Both are
// verified against their digests by go-containerregistry.
func (r *Registry) content(ctx context.Context, ref name.Digest) (content, error) {
	if known, ok := r.contents.find(ref.Name()); ok {
		return known, nil
	}
	d, err := r.client.puller.Get(ctx, ref)
	if err != nil {
		return content{}, explain(ref, "be read", err)
	}
	if !d.MediaType.IsImage() {
		return content{}, slipway.Errorf(slipway.CodeInvalid, "the content image %s is not one image but %s", ref, d.MediaType)
	}
	img, err := d.Image()
	if err != nil {
		return content{}, explain(ref, "be read", err)
	}
	one, err := parse(img)
	if err != nil {
		return content{}, explain(ref, "be read", err)
	}
	r.contents.keep(ref.Name(), one)
	return one, nil
}

// ContentCreated gives the time in the configuration of a content image, by
// its digest: the contract's fixed one, or, where dependencies were not
// locked, when they were fetched. Stamps do not carry it on.
func (r *Registry) ContentCreated(ctx context.Context, service slipway.ServiceName, digest string) (time.Time, error) {
	one, err := r.content(ctx, r.repository(service).Digest(digest))
	if err != nil {
		return time.Time{}, err
	}
	return one.config.Created.Time, nil
}

// ContentSize gives how many bytes the layers of a content image have as they
// are stored, those of its run image among them.
func (r *Registry) ContentSize(ctx context.Context, service slipway.ServiceName, digest string) (size int64, err error) {
	one, err := r.content(ctx, r.repository(service).Digest(digest))
	if err != nil {
		return 0, err
	}
	for _, layer := range one.manifest.Layers {
		size += layer.Size
	}
	return size, nil
}

func parse(img v1.Image) (content, error) {
	m, err := img.Manifest()
	if err != nil {
		return content{}, err
	}
	cfg, err := img.ConfigFile()
	if err != nil {
		return content{}, err
	}
	return content{manifest: m, config: cfg}, nil
}

// with gives the bytes of the configuration with other metadata, and of the
// manifest that names it. Layers and history stay.
func (c content) with(set func(*v1.ConfigFile)) (config, manifest []byte, err error) {
	cfg, m := c.config.DeepCopy(), c.manifest.DeepCopy()
	set(cfg)
	if config, err = json.Marshal(cfg); err != nil {
		return nil, nil, err
	}
	m.Config.Digest, m.Config.Size = digestOf(config), int64(len(config))
	manifest, err = json.Marshal(m)
	return config, manifest, err
}

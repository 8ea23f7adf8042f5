package registry

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// severalError lists the images among which an archive leaves a choice.
type severalError []string

// Error says so.
func (e severalError) Error() string { return "several images: " + strings.Join(e, ", ") }

// images lists the images of an index, without attestations, which BuildKit
// marks by an unknown platform. Each nested index is read once, however often
// it is named.
func (l *layout) images(index []byte, depth int) ([]v1.Descriptor, error) {
	var m v1.IndexManifest
	if err := json.Unmarshal(index, &m); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var found []v1.Descriptor
	for _, d := range m.Manifests {
		switch {
		case d.MediaType.IsImage():
			if d.Platform == nil || d.Platform.OS != "unknown" {
				found = append(found, d)
			}
		case d.MediaType.IsIndex():
			if depth == 0 {
				return nil, fmt.Errorf("index %s is nested too deeply", d.Digest)
			}
			if l.read[d.Digest] {
				continue
			}
			l.read[d.Digest] = true
			raw, err := l.json(d)
			if err != nil {
				return nil, err
			}
			inner, err := l.images(raw, depth-1)
			if err != nil {
				return nil, err
			}
			found = append(found, inner...)
		}
		if len(found) > maxEntries {
			return nil, fmt.Errorf("more than %d images", maxEntries)
		}
	}
	return found, nil
}

// choose gives the only image, or the only one for linux/amd64.
func choose(found []v1.Descriptor) (v1.Descriptor, error) {
	if len(found) > 1 {
		found = forPlatform(found)
	}
	switch len(found) {
	case 0:
		return v1.Descriptor{}, fmt.Errorf("it holds no image for linux/amd64")
	case 1:
		return found[0], nil
	}
	several := severalError{}
	for _, d := range found {
		several = append(several, d.Digest.String())
	}
	return v1.Descriptor{}, several
}

func forPlatform(all []v1.Descriptor) (found []v1.Descriptor) {
	seen := map[v1.Hash]bool{}
	for _, d := range all {
		p := d.Platform
		if (p == nil || (p.OS == "linux" && p.Architecture == "amd64")) && !seen[d.Digest] {
			found = append(found, d)
			seen[d.Digest] = true
		}
	}
	return found
}

// stored is an image in an archive.
type stored struct {
	layout           *layout
	media            types.MediaType
	manifest, config []byte
	parsed           v1.Manifest
}

// check looks at what readers of an image take for granted.
func (s stored) check() error {
	var cfg v1.ConfigFile
	if err := json.Unmarshal(s.config, &cfg); err != nil {
		return fmt.Errorf("configuration %s: %w", s.parsed.Config.Digest, err)
	}
	if n := len(cfg.RootFS.DiffIDs); n != len(s.parsed.Layers) {
		return fmt.Errorf("it has %d layers and %d layer digests in its configuration", len(s.parsed.Layers), n)
	}
	for _, d := range s.parsed.Layers {
		if _, err := s.layout.find(d); err != nil {
			return err
		}
	}
	return nil
}

// RawManifest gives the manifest's bytes.
func (s stored) RawManifest() ([]byte, error) { return s.manifest, nil }

// RawConfigFile gives the configuration's bytes.
func (s stored) RawConfigFile() ([]byte, error) { return s.config, nil }

// MediaType gives the manifest's type.
func (s stored) MediaType() (types.MediaType, error) { return s.media, nil }

// LayerByDigest gives a layer, or the configuration as go-containerregistry
// wants it.
func (s stored) LayerByDigest(h v1.Hash) (partial.CompressedLayer, error) {
	for _, d := range append([]v1.Descriptor{s.parsed.Config}, s.parsed.Layers...) {
		if d.Digest == h {
			return storedLayer{s.layout, d}, nil
		}
	}
	return nil, fmt.Errorf("layer %s is not of this image", h)
}

type storedLayer struct {
	layout *layout
	desc   v1.Descriptor
}

// Digest gives the hash of the compressed bytes.
func (l storedLayer) Digest() (v1.Hash, error) { return l.desc.Digest, nil }

// Size gives their number.
func (l storedLayer) Size() (int64, error) { return l.desc.Size, nil }

// MediaType says how they are packed.
func (l storedLayer) MediaType() (types.MediaType, error) { return l.desc.MediaType, nil }

// Compressed gives the bytes, whose digest was checked before.
func (l storedLayer) Compressed() (io.ReadCloser, error) {
	b, err := l.layout.find(l.desc)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.NewSectionReader(b, 0, b.Size())), nil
}

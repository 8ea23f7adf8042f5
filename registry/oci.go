package registry

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/slipway-ci/slipway"
)

// WriteOCI writes an image of this registry to a tar of an OCI image layout
// (Podman's and Skopeo's oci-archive), which docker load reads as well. The
// same image gives the same bytes. The file appears whole or not at all.
func (r *Registry) WriteOCI(ctx context.Context, img slipway.Image, file string) error {
	from, err := r.Image(ctx, img)
	if err != nil {
		return err
	}
	err = replace(file, func(w io.Writer) error { return writeArchive(w, from, img) })
	if _, bad := errors.AsType[*fs.PathError](err); bad {
		return slipway.Errorf(slipway.CodeUnavailable, "the image cannot be written to %s", file).
			WithHint("choose a directory that exists, may be written to and has space left").Because(err)
	}
	if err != nil {
		return explain(r.repository(img.Service).Digest(img.Digest), "be read", err)
	}
	return nil
}

// replace writes a file beside the named one and renames it when it is whole
// and on the disk.
func replace(file string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer func() { // of no effect after the rename
		_ = tmp.Close()
		_ = os.Remove(tmp.Name())
	}()
	if err := write(tmp); err != nil {
		return err
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}

// archive writes the entries of a layout's tar.
type archive struct {
	tar  *tar.Writer
	have map[string]bool // blobs that are in it
}

func writeArchive(w io.Writer, img v1.Image, named slipway.Image) error {
	a := archive{tar.NewWriter(w), map[string]bool{}}
	index, err := describe(img, named)
	if err != nil {
		return err
	}
	m, err := img.Manifest()
	if err != nil {
		return err
	}
	if err := a.json("oci-layout", map[string]string{"imageLayoutVersion": "1.0.0"}); err != nil {
		return err
	}
	if err := a.json("index.json", index); err != nil {
		return err
	}
	if err := a.json("manifest.json", forDocker(m, named)); err != nil {
		return err
	}
	if err := a.image(img, m); err != nil {
		return err
	}
	return a.tar.Close()
}

// describe makes the layout's index. Skopeo and Podman read the tag from
// OCI's annotation, containerd and Docker the whole name from their own.
func describe(img v1.Image, named slipway.Image) (v1.IndexManifest, error) {
	raw, err := img.RawManifest()
	if err != nil {
		return v1.IndexManifest{}, err
	}
	media, err := img.MediaType()
	if err != nil {
		return v1.IndexManifest{}, err
	}
	return v1.IndexManifest{
		SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Manifests: []v1.Descriptor{{
			MediaType: media, Size: int64(len(raw)), Digest: digestOf(raw),
			Annotations: map[string]string{
				"org.opencontainers.image.ref.name": named.Tag,
				"io.containerd.image.name":          named.Repository + ":" + named.Tag,
			},
		}},
	}, nil
}

// forDocker makes the manifest.json of a docker save.
func forDocker(m *v1.Manifest, named slipway.Image) any {
	type one struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	o := one{Config: blobPath(m.Config.Digest), RepoTags: []string{named.Repository + ":" + named.Tag}}
	for _, l := range m.Layers {
		o.Layers = append(o.Layers, blobPath(l.Digest))
	}
	return []one{o}
}

func blobPath(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }

// image adds the blobs: manifest, configuration, layers.
func (a archive) image(img v1.Image, m *v1.Manifest) error {
	manifest, err := img.RawManifest()
	if err != nil {
		return err
	}
	config, err := img.RawConfigFile()
	if err != nil {
		return err
	}
	for _, b := range [][]byte{manifest, config} {
		if err := a.file(blobPath(digestOf(b)), int64(len(b)), bytes.NewReader(b)); err != nil {
			return err
		}
	}
	layers, err := img.Layers()
	if err != nil {
		return err
	}
	for i, l := range layers {
		if err := a.layer(l, m.Layers[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a archive) layer(l v1.Layer, d v1.Descriptor) error {
	if a.have[blobPath(d.Digest)] {
		return nil
	}
	body, err := l.Compressed() // checks its own digest
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if err := a.file(blobPath(d.Digest), d.Size, body); err != nil {
		return fmt.Errorf("layer %s: %w", d.Digest, err)
	}
	return nil
}

func (a archive) json(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.file(name, int64(len(b)), bytes.NewReader(b))
}

func (a archive) file(name string, size int64, body io.Reader) error {
	if a.have[name] {
		return nil
	}
	a.have[name] = true
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(epoch, 0)}
	if err := a.tar.WriteHeader(h); err != nil {
		return err
	}
	n, err := io.Copy(a.tar, body)
	if err == nil && n != size {
		err = fmt.Errorf("%s has %d bytes, want %d", name, n, size)
	}
	return err
}

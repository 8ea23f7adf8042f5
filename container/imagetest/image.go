package imagetest

import (
	"archive/tar"
	"bytes"
	"io"
	"maps"
	"slices"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// File is an entry of a layer; the zero Type is a regular file of mode 0644.
type File struct {
	Body     string
	Mode     int64
	Type     byte
	Link     string
	UID, GID int
}

// Layer makes a layer of the files, by name in the archive, sorted.
func Layer(tb testing.TB, files map[string]File) v1.Layer {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		h := &tar.Header{
			Name: name, Typeflag: f.Type, Mode: f.Mode, Size: int64(len(f.Body)), Linkname: f.Link,
			Uid: f.UID, Gid: f.GID, ModTime: time.Unix(1_000_000_000, 0), Format: tar.FormatPAX,
		}
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(h); err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(f.Body)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return Raw(tb, b.Bytes())
}

// Raw makes a layer of bytes that should be an archive.
func Raw(tb testing.TB, archive []byte) v1.Layer {
	tb.Helper()
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil })
	if err != nil {
		tb.Fatal(err)
	}
	return layer
}

// Image puts layers, each with its created_by, under a configuration.
func Image(tb testing.TB, config v1.Config, layers ...mutate.Addendum) v1.Image {
	tb.Helper()
	img, err := mutate.Append(empty.Image, layers...)
	if err != nil {
		tb.Fatal(err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		tb.Fatal(err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Config = "linux", "amd64", config
	if img, err = mutate.ConfigFile(img, file); err != nil {
		tb.Fatal(err)
	}
	return img
}

// Add is a layer and its created_by.
func Add(layer v1.Layer, createdBy string) mutate.Addendum {
	return mutate.Addendum{Layer: layer, History: v1.History{CreatedBy: createdBy}}
}

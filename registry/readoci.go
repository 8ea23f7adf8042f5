package registry

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"

	"github.com/slipway-ci/slipway"
)

// Limits of a foreign archive. An image has some ten entries and its JSON
// some ten kilobytes; registries refuse manifests above 4 MiB.
const (
	maxEntries = 10_000
	maxJSON    = 4 << 20
	maxDepth   = 3 // of indexes within indexes
)

// Archive is an image in a tar file. Its layers are read from the file, so
// it is closed after the last use of the image.
type Archive struct {
	v1.Image
	file *os.File
}

// Close closes the file.
func (a *Archive) Close() error { return a.file.Close() }

// ReadOCI reads the image of a tar of an OCI image layout. The archive may
// be hostile: nothing is unpacked, every blob is hashed before it is
// believed, and what is not there, too long or not what it says is CodeInvalid.
// CodeAmbiguous: it holds several images for linux/amd64.
func ReadOCI(file string) (*Archive, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeNotFound, "the archive %s cannot be opened", file).
			WithHint("look for a slip in its name").Because(err)
	}
	img, err := readArchive(f)
	if err != nil {
		_ = f.Close()
		return nil, invalid(file, err)
	}
	return &Archive{img, f}, nil
}

func invalid(file string, err error) error {
	if several, ok := errors.AsType[severalError](err); ok {
		return slipway.Errorf(slipway.CodeAmbiguous, "the archive %s holds %d images for linux/amd64", file, len(several)).
			WithHint("write an archive of one image").WithDetails(several...)
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s is not an OCI archive that can be trusted", file).
		WithHint("write it with slipway build --oci, skopeo copy … oci-archive:FILE or docker save (Docker 25 or later)").Because(err)
}

// source is an open archive: sequential for the tar, random for its blobs.
type source interface {
	io.ReadSeeker
	io.ReaderAt
}

// layout is what an archive holds.
type layout struct {
	index []byte
	blobs map[v1.Hash]*io.SectionReader
	read  map[v1.Hash]bool // nested indexes
}

func readArchive(s source) (v1.Image, error) {
	l := layout{blobs: map[v1.Hash]*io.SectionReader{}, read: map[v1.Hash]bool{}}
	t := tar.NewReader(s)
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("entry %d of the tar: %w", n+1, err)
		}
		if n >= maxEntries {
			return nil, fmt.Errorf("more than %d entries", maxEntries)
		}
		at, err := s.Seek(0, io.SeekCurrent) // tar.Reader reads no byte ahead of an entry
		if err != nil {
			return nil, err
		}
		if err := l.add(h, io.NewSectionReader(s, at, h.Size)); err != nil {
			return nil, fmt.Errorf("entry %q: %w", h.Name, err)
		}
	}
	if l.index == nil {
		return nil, errors.New("it has no index.json")
	}
	return l.image()
}

var (
	errEscape = errors.New("the name leads out of the archive")
	errNoFile = errors.New("not a plain file")
	errTwice  = errors.New("it is there twice")
)

// add takes an entry in. Names are only compared, never opened.
func (l *layout) add(h *tar.Header, body *io.SectionReader) error {
	name := path.Clean(h.Name)
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
		return errEscape
	}
	if h.Typeflag == tar.TypeDir || (name != "index.json" && !strings.HasPrefix(name, "blobs/")) {
		return nil // docker save has files of its own
	}
	if h.Typeflag != tar.TypeReg {
		return errNoFile
	}
	if name == "index.json" {
		if l.index != nil {
			return errTwice
		}
		var err error
		l.index, err = small(body)
		return err
	}
	return l.blob(name, body)
}

func (l *layout) blob(name string, body *io.SectionReader) error {
	want, err := v1.NewHash(strings.Replace(strings.TrimPrefix(name, "blobs/"), "/", ":", 1))
	if err != nil {
		return nil //nolint:nilerr // a blob of another algorithm; who refers to it finds it missing
	}
	got, n, err := v1.SHA256(body)
	switch {
	case err != nil:
		return err
	case n != body.Size():
		return fmt.Errorf("it ends after %d of %d bytes", n, body.Size())
	case got != want:
		return fmt.Errorf("its content is %s", got)
	}
	l.blobs[want] = body
	return nil
}

// small reads what must fit into memory.
func small(r *io.SectionReader) ([]byte, error) {
	if r.Size() > maxJSON {
		return nil, fmt.Errorf("%d bytes are more than %d", r.Size(), maxJSON)
	}
	b, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err == nil && int64(len(b)) != r.Size() {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// find gives a blob that a descriptor names.
func (l *layout) find(d v1.Descriptor) (*io.SectionReader, error) {
	b, ok := l.blobs[d.Digest]
	if !ok {
		return nil, fmt.Errorf("blob %s is missing", d.Digest)
	}
	if b.Size() != d.Size {
		return nil, fmt.Errorf("blob %s has %d bytes, its descriptor says %d", d.Digest, b.Size(), d.Size)
	}
	return b, nil
}

func (l *layout) json(d v1.Descriptor) ([]byte, error) {
	b, err := l.find(d)
	if err != nil {
		return nil, err
	}
	return small(b)
}

// image finds the one image and checks that all of it is there.
func (l *layout) image() (v1.Image, error) {
	found, err := l.images(l.index, maxDepth)
	if err != nil {
		return nil, err
	}
	d, err := choose(found)
	if err != nil {
		return nil, err
	}
	s := stored{layout: l, media: d.MediaType}
	if s.manifest, err = l.json(d); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(s.manifest, &s.parsed); err != nil {
		return nil, fmt.Errorf("manifest %s: %w", d.Digest, err)
	}
	if s.config, err = l.json(s.parsed.Config); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return partial.CompressedToImage(s)
}

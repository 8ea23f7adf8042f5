package container

import (
	"archive/tar"
	"context"
	"errors"
	"io"

	"github.com/containerd/containerd/v2/pkg/archive"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// unpack writes the image's files below root. containerd's archive keeps
// names, links and whiteouts within root. Device nodes are left out: a
// container gets its own, and a hostile one would lie on the host's disk.
func unpack(ctx context.Context, img v1.Image, root string, maxBytes int64, ownFiles bool) error {
	layers, err := img.Layers()
	if err != nil {
		return unreadable(img, err)
	}
	left := maxBytes
	for _, layer := range layers {
		n, err := unpackLayer(ctx, layer, root, left, ownFiles)
		if err != nil {
			return notUnpacked(ctx, img, root, err)
		}
		left -= n
	}
	return nil
}

func unpackLayer(ctx context.Context, layer v1.Layer, root string, limit int64, ownFiles bool) (int64, error) {
	r, err := layer.Uncompressed()
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	opts := []archive.ApplyOpt{archive.WithFilter(func(h *tar.Header) (bool, error) {
		return h.Typeflag != tar.TypeBlock && h.Typeflag != tar.TypeChar, nil
	})}
	if ownFiles {
		opts = append(opts, archive.WithNoSameOwner())
	}
	counted := &limitedReader{r: r, left: limit}
	if _, err := archive.Apply(ctx, root, counted, opts...); err != nil {
		return 0, err
	}
	// What follows the archive's end is still part of the blob.
	if _, err := io.Copy(io.Discard, counted); err != nil {
		return 0, err
	}
	return limit - counted.left, nil
}

// notUnpacked tells the image's failure from the machine's and the caller's.
func notUnpacked(ctx context.Context, img v1.Image, root string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, machine := range []error{unix.ENOSPC, unix.EDQUOT, unix.EROFS, unix.EIO} {
		if errors.Is(err, machine) {
			return cannotUse(root, err)
		}
	}
	return unreadable(img, err)
}

func unreadable(img v1.Image, err error) error {
	name := "the image"
	if d, derr := img.Digest(); derr == nil {
		name = "image " + d.String()
	}
	if slipway.ErrorCode(err) == slipway.CodeLimit {
		return err
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s cannot be unpacked", name).
		WithHint("check the image with `slipway check`, or pull it again").Because(err)
}

// limitedReader ends in an error, not in io.EOF, at its limit.
type limitedReader struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, slipway.Errorf(slipway.CodeLimit, "the image's layers expand to more than the limit").
			WithHint("this is not an image to run here; look at its largest files")
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

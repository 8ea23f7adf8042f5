//go:build e2e

package e2e_test

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// file is what layers say about a path.
type file struct {
	Type    byte
	Mode    int64
	UID     int
	GID     int
	Link    string
	Content string // SHA-256, hex

	time time.Time
}

// filesOf gives the files of layers by absolute path, later layers over
// earlier ones.
func filesOf(t *testing.T, layers []v1.Layer) map[string]file {
	t.Helper()
	files := map[string]file{}
	for _, l := range layers {
		body, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		if err := addFiles(files, tar.NewReader(body)); err != nil {
			t.Fatal(err)
		}
		_ = body.Close()
	}
	return files
}

func addFiles(files map[string]file, r *tar.Reader) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return err
		}
		files[path.Join("/", h.Name)] = file{
			Type: h.Typeflag, Mode: h.Mode & 0o7777, UID: h.Uid, GID: h.Gid, Link: h.Linkname,
			Content: fmt.Sprintf("%x", sum.Sum(nil)), time: h.ModTime,
		}
	}
}

//go:build e2e

package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway/registry"
	"github.com/slipway-ci/slipway/registry/local"
)

// stored reads images of a data directory that no process uses at the moment.
func (w *world) stored(t *testing.T) registry.Remote {
	t.Helper()
	l, err := local.Open(local.Config{Dir: filepath.Join(w.data, "registry")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return registry.Remote{Name: "slipway.internal", Insecure: true, Transport: registry.InProcess(l.Handler())}
}

// fetch reads TEAM/NAME:TAG or TEAM/NAME@DIGEST.
func fetch(t *testing.T, from registry.Remote, name string) v1.Image {
	t.Helper()
	from.Name += "/" + name
	img, err := registry.Fetch(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// facts are an image's, as they can be compared.
type facts struct {
	manifest string
	config   *v1.ConfigFile
	layers   []string // digests, the base's first
}

func factsOf(t *testing.T, img v1.Image) facts {
	t.Helper()
	manifest, err := img.RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	f := facts{manifest: string(manifest), config: config}
	for _, l := range parsed.Layers {
		f.layers = append(f.layers, l.Digest.String())
	}
	return f
}

// internalName makes NAME:TAG@DIGEST of the embedded registry readable for
// fetch: without the host, and without the tag.
func internalName(ref string) string {
	ref = strings.TrimPrefix(ref, "slipway.internal/")
	name, digest, _ := strings.Cut(ref, "@")
	name, _, _ = strings.Cut(name, ":")
	return name + "@" + digest
}

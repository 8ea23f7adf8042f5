//go:build e2e

package e2e_test

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/slipway-ci/slipway/registry/local"
)

// delivery pushes to another registry, which wants a password, and writes an
// archive that other tools read.
func (s *shared) delivery(t *testing.T) {
	login := local.Credentials{User: "shop", Password: "correct horse"}
	elsewhere := registryWith(t, login)
	archive := filepath.Join(t.TempDir(), "hello.tar")
	w := s.withLogin(t, elsewhere, login)
	r := w.build(t, s.samples["hello"], "--service", "demo/hello", "--push", elsewhere+"/shop/hello", "--oci", archive)
	if want := elsewhere + "/shop/hello:" + r.Image.Tag + "@" + r.Image.Digest; r.Pushed != want {
		t.Errorf("pushed %q, want %q", r.Pushed, want)
	}
	auth := remote.WithAuth(&authn.Basic{Username: login.User, Password: login.Password})
	t.Run("what was pushed is the image", func(t *testing.T) {
		img, err := remote.Image(reference(t, r.Pushed), auth)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate.Image(img); err != nil {
			t.Error(err)
		}
	})
	t.Run("a wrong password", func(t *testing.T) {
		wrong := s.withLogin(t, elsewhere, local.Credentials{User: "shop", Password: "wrong"})
		o := wrong.run(t, "build", s.samples["hello"], "--service", "demo/hello", "--push", elsewhere+"/shop/hello")
		if o.code != 1 || !strings.Contains(o.stderr, elsewhere) || !strings.Contains(o.stderr, "hint: ") || strings.Contains(o.stderr, "wrong") {
			t.Errorf("exit code %d, want 1, the registry's name and a hint, and no password in:\n%s", o.code, o.stderr)
		}
	})
	t.Run("the archive passes check", func(t *testing.T) { s.must(t, "check", archive) })
	t.Run("the archive is an OCI layout", func(t *testing.T) {
		img, err := layout.ImageIndexFromPath(unpack(t, archive))
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := img.IndexManifest()
		if err != nil || len(manifest.Manifests) != 1 || manifest.Manifests[0].Digest.String() != r.Image.Digest {
			t.Fatalf("index %+v, %v, want %s", manifest, err, r.Image.Digest)
		}
		again := reference(t, elsewhere+"/shop/again@"+r.Image.Digest)
		one, err := img.Image(manifest.Manifests[0].Digest)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(again, one, auth); err != nil {
			t.Errorf("it cannot be pushed: %v", err)
		}
	})
	t.Run("the archive is what docker load reads", func(t *testing.T) {
		img, err := tarball.ImageFromPath(archive, nil)
		if err != nil {
			t.Fatal(err)
		}
		if id, err := img.ConfigName(); err != nil || id.String() == "" {
			t.Errorf("config %s, %v", id, err)
		}
	})
}

func registryWith(t *testing.T, login local.Credentials) string {
	t.Helper()
	l, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	addr, err := l.Listen(t.Context(), "127.0.0.1:0", &local.Guard{Owner: login})
	if err != nil {
		t.Fatal(err)
	}
	return addr.String()
}

// withLogin is the same world of a user who has run docker login.
func (s *shared) withLogin(t *testing.T, host string, login local.Credentials) *world {
	t.Helper()
	dir := t.TempDir()
	basic := authn.AuthConfig{Username: login.User, Password: login.Password}
	b, err := basic.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "config.json"), `{"auths":{"`+host+`":`+string(b)+`}}`)
	w := *s.world
	w.env = append(append([]string{}, w.env...), "DOCKER_CONFIG="+dir)
	return &w
}

func reference(t *testing.T, text string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(text, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// unpack unpacks an archive that we wrote ourselves.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir := t.TempDir()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !filepath.IsLocal(h.Name) {
			t.Fatalf("entry %q", h.Name)
		}
		target := filepath.Join(dir, h.Name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway/registry"
)

// eject builds the written Dockerfiles with BuildKit's own frontend and
// compares the images with ours: the same files above the same run image,
// and the same configuration.
func (s *shared) eject(t *testing.T) {
	for _, service := range []struct{ dir, name string }{{"hello", "hello"}, {"cgo", "cgo"}, {"workspace", "worker"}} {
		t.Run(service.name, func(t *testing.T) {
			dir := sample(t, service.dir, filepath.Join(t.TempDir(), service.dir))
			s.must(t, "eject", dir, "--service", "demo/"+service.name, "--to", dir)
			ejected := s.dockerfile(t, dir)
			ours := s.build(t, s.samples[service.dir], "--service", "demo/"+service.name)
			image := fetch(t, s.images(), "demo/"+service.name+"@"+ours.Image.Content)
			base := fetch(t, s.images(), internalName(ours.Plan.Stack.Run))
			want, got := filesOf(t, above(t, image, base)), filesOf(t, above(t, ejected, base))
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(file{})); diff != "" || len(want) == 0 {
				t.Errorf("files above the run image (-ours +Dockerfile's):\n%s", diff)
			}
			if diff := cmp.Diff(factsOf(t, image).config.Config, factsOf(t, ejected).config.Config, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("configuration (-ours +Dockerfile's):\n%s", diff)
			}
		})
	}
}

// above gives the layers that an image has on top of its base.
func above(t *testing.T, img, base v1.Image) []v1.Layer {
	t.Helper()
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	under := factsOf(t, base).config.RootFS.DiffIDs
	all := factsOf(t, img).config.RootFS.DiffIDs
	if len(all) < len(under) {
		t.Fatalf("%d layers, fewer than the run image's %d", len(all), len(under))
	}
	if diff := cmp.Diff(under, all[:len(under)]); diff != "" {
		t.Fatalf("it does not stand on the run image (-run image +it):\n%s", diff)
	}
	return layers[len(under):]
}

// dockerfile builds DIR/Dockerfile on the running engine, as it stands: its
// arguments' defaults are names that the engine reaches. It gets its modules
// where everybody does, so it is tried again when that has a hiccup.
func (s *shared) dockerfile(t *testing.T, dir string) v1.Image {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "ejected.tar")
	if err := persist(t.Context(), func() error { return s.solveDockerfile(t.Context(), dir, archive) }); err != nil {
		text, _ := os.ReadFile(filepath.Join(dir, "Dockerfile"))
		t.Fatalf("the ejected Dockerfile does not build: %v\n%s", err, text)
	}
	img, err := registry.ReadOCI(archive)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = img.Close() })
	return img
}

// solveDockerfile writes the image to an archive; an error has what the steps
// printed.
func (s *shared) solveDockerfile(ctx context.Context, dir, archive string) error {
	c, err := client.New(ctx, s.BuildKit)
	if err != nil {
		return err
	}
	defer c.Close()
	files, err := fsutil.NewFS(dir)
	if err != nil {
		return err
	}
	progress := make(chan *client.SolveStatus)
	lines := &output{}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for status := range progress {
			for _, l := range status.Logs {
				_, _ = lines.Write(l.Data)
			}
		}
	}()
	_, err = c.Solve(ctx, nil, client.SolveOpt{
		Frontend:      "dockerfile.v0",
		FrontendAttrs: map[string]string{"filename": "Dockerfile"},
		LocalMounts:   map[string]fsutil.FS{"context": files, "dockerfile": files},
		Session:       []session.Attachable{authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{AuthConfigProvider: s.login})},
		ProxyNetwork:  true,
		Exports: []client.ExportEntry{{
			Type: client.ExporterOCI, Attrs: map[string]string{"oci-mediatypes": "true"},
			Output: func(map[string]string) (io.WriteCloser, error) { return os.Create(archive) },
		}},
	}, progress)
	<-read
	if err != nil {
		return fmt.Errorf("%w\n%s", err, lines)
	}
	return nil
}

// login gives the daemon the embedded registry's password.
func (s *shared) login(_ context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
	if host != "slipway.internal" {
		return types.AuthConfig{}, nil
	}
	return types.AuthConfig{ServerAddress: host, Username: s.User, Password: s.Password}, nil
}

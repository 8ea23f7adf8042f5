package assemble_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config/types"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"
)

// solve builds a Dockerfile over a directory, with no network and no output,
// and gives the lines that its steps wrote.
func solve(t *testing.T, h house, address, dockerfile, dir string) []string {
	t.Helper()
	c, err := client.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	recipe := t.TempDir()
	if err := os.WriteFile(filepath.Join(recipe, "Dockerfile"), []byte(dockerfile), 0o600); err != nil {
		t.Fatal(err)
	}
	mounts := map[string]fsutil.FS{}
	for name, path := range map[string]string{"dockerfile": recipe, "context": dir} {
		if mounts[name], err = fsutil.NewFS(path); err != nil {
			t.Fatal(err)
		}
	}
	//nolint:unparam // the provider's signature
	auth := func(_ context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
		return types.AuthConfig{ServerAddress: host, Username: h.auth.User, Password: h.auth.Password}, nil
	}
	statuses := make(chan *client.SolveStatus)
	var group errgroup.Group
	group.Go(func() error {
		_, err := c.Solve(t.Context(), nil, client.SolveOpt{
			Frontend: "dockerfile.v0", LocalMounts: mounts,
			FrontendAttrs: map[string]string{"force-network-mode": "none"},
			Session:       []session.Attachable{authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{AuthConfigProvider: auth})},
		}, statuses)
		return err
	})
	var text strings.Builder
	for status := range statuses {
		for _, l := range status.Logs {
			text.Write(l.Data)
		}
	}
	if err := group.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	return strings.Split(strings.TrimSpace(text.String()), "\n")
}

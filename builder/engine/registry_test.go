package engine_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"

	"github.com/slipway-ci/slipway/builder/engine"
)

// TestRegistryInside pushes to slipway.internal and pulls from it, with the
// session's password and not without.
func TestRegistryInside(t *testing.T) {
	needRoot(t)
	t.Parallel()
	for name, host := range map[string]bool{"sealed": false, "host network": true} {
		t.Run(name, func(t *testing.T) { t.Parallel(); pushAndPull(t, host) })
	}
}

func pushAndPull(t *testing.T, host bool) {
	t.Helper()
	images := registry.New(registry.Logger(slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)))
	c := config(t)
	c.HostNetwork = host
	c.Registry = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "build" || password != "let me in" {
			locked().ServeHTTP(w, r)
			return
		}
		images.ServeHTTP(w, r)
	})
	e := start(t, c)
	const name = "slipway.internal/team/image:tag"
	made := llb.Scratch().File(llb.Mkfile("/hello", 0o644, []byte("hello")))
	push := []client.ExportEntry{{Type: client.ExporterImage, Attrs: map[string]string{"name": name, "push": "true"}}}
	if err := solve(t.Context(), e, made, push, ""); err == nil {
		t.Error("pushed without a password")
	}
	if err := solve(t.Context(), e, made, push, "let me in"); err != nil {
		t.Fatalf("push: %v", err)
	}
	copied := llb.Scratch().File(llb.Copy(llb.Image(name, llb.ResolveModeForcePull), "/hello", "/copy"))
	if err := solve(t.Context(), e, copied, nil, ""); err == nil {
		t.Error("pulled without a password")
	}
	if err := solve(t.Context(), e, copied, nil, "let me in"); err != nil {
		t.Errorf("pull: %v", err)
	}
}

func solve(ctx context.Context, e *engine.Engine, state llb.State, exports []client.ExportEntry, password string) error {
	c, err := client.New(ctx, e.Address())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	definition, err := state.Marshal(ctx)
	if err != nil {
		return err
	}
	file := configfile.New("")
	if password != "" {
		file.AuthConfigs[engine.Host] = types.AuthConfig{Username: "build", Password: password, ServerAddress: engine.Host}
	}
	login := authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: authprovider.LoadAuthConfig(file),
	})
	_, err = c.Build(ctx, client.SolveOpt{Exports: exports, Session: []session.Attachable{login}, ProxyNetwork: e.ProxyNetwork()}, "slipway",
		func(ctx context.Context, g gateway.Client) (*gateway.Result, error) {
			return g.Solve(ctx, gateway.SolveRequest{Definition: definition.ToPB(), Evaluate: true})
		}, nil)
	return err
}

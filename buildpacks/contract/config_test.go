package contract_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	service := slipway.ServiceName{Team: "shop", Name: "cart"}
	stack := slipway.Stack{
		Name: "go-1.26.8", Init: "/sbin/tini",
		Run: slipway.StackImage{Name: "slipway.internal/stacks/static:1", Digest: "sha256:aa"},
	}
	plan := slipway.Plan{
		Kind: slipway.KindWeb, Start: []string{"/app/cart", "serve"}, Health: "/healthz",
		Env: map[string]string{"B": "2", "A": "1", "PATH": "/app/bin:/usr/bin"}, Writable: []string{"data", "/var/spool/cart/"},
	}
	base := ocispecs.ImageConfig{
		User: "root", Env: []string{"PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"}, Cmd: []string{"bash"},
		Labels: map[string]string{"org.opencontainers.image.title": "somebody's"}, Volumes: map[string]struct{}{"/data": {}},
	}
	want := ocispecs.ImageConfig{
		User:         "10001:10001",
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Env:          []string{"PATH=/app/bin:/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "A=1", "B=2", "HOME=/tmp", "PORT=8080"},
		Entrypoint:   []string{"/sbin/tini", "--", "/app/cart", "serve"},
		Volumes:      map[string]struct{}{"/tmp": {}, "/app/data": {}, "/var/spool/cart": {}},
		WorkingDir:   "/app",
		StopSignal:   "SIGTERM",
		Labels: map[string]string{
			slipway.LabelTitle: "cart", slipway.LabelBaseName: "slipway.internal/stacks/static:1", slipway.LabelBaseDigest: "sha256:aa",
			slipway.LabelService: "shop/cart", slipway.LabelKind: "web", slipway.LabelStack: "go-1.26.8",
			slipway.LabelPlan: plan.Digest(), slipway.LabelContract: "1", slipway.LabelHealth: "/healthz",
		},
	}
	if diff := cmp.Diff(want, contract.Config(service, plan, stack, base)); diff != "" {
		t.Errorf("Config (-want +got):\n%s", diff)
	}
	if base.Env[0] != "PATH=/usr/bin" || len(plan.Env) != 3 {
		t.Errorf("Config changed its arguments: %v, %v", base.Env, plan.Env)
	}
}

func TestConfigOfAWorker(t *testing.T) {
	t.Parallel()
	c := contract.Config(slipway.ServiceName{Team: "shop", Name: "mailer"},
		slipway.Plan{Kind: slipway.KindWorker, Start: []string{"/app/mailer"}, Dir: "/app/src"}, slipway.Stack{}, ocispecs.ImageConfig{})
	if len(c.ExposedPorts) != 0 || !slices.Equal(c.Env, []string{"HOME=/tmp"}) || c.WorkingDir != "/app/src" {
		t.Errorf("got ports %v, env %v, dir %s; want none, HOME, /app/src", c.ExposedPorts, c.Env, c.WorkingDir)
	}
	if diff := cmp.Diff([]string{"/app/mailer"}, c.Entrypoint); diff != "" {
		t.Errorf("entrypoint of a stack without init (-want +got):\n%s", diff)
	}
}

// A program has a home that it may write to, and keeps one that it was given.
func TestConfigKeepsAHome(t *testing.T) {
	t.Parallel()
	service := slipway.ServiceName{Team: "shop", Name: "mailer"}
	for about, c := range map[string]struct {
		plan slipway.Plan
		base []string
		want []string
	}{
		"of the run image": {slipway.Plan{Kind: slipway.KindTask}, []string{"HOME=/app"}, []string{"HOME=/app"}},
		"of the plan":      {slipway.Plan{Kind: slipway.KindTask, Env: map[string]string{"HOME": "/data"}}, nil, []string{"HOME=/data"}},
		"nobody's":         {slipway.Plan{Kind: slipway.KindTask, Env: map[string]string{"A": "1"}}, nil, []string{"A=1", "HOME=/tmp"}},
	} {
		if got := contract.Config(service, c.plan, slipway.Stack{}, ocispecs.ImageConfig{Env: c.base}).Env; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", about, got, c.want)
		}
	}
}

package compile_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

func passed(t *testing.T, plan slipway.Plan, of ocispecs.ImageConfig) ocispecs.Image {
	t.Helper()
	plan.Dockerfile = &slipway.Dockerfile{File: "Dockerfile", Context: "."}
	config, err := json.Marshal(ocispecs.Image{Config: of})
	if err != nil {
		t.Fatal(err)
	}
	out, err := compile.PassedThrough(compile.Input{
		Service: slipway.ServiceName{Team: "shop", Name: "cart"}, Plan: plan, Created: time.Unix(1_700_000_000, 0).UTC(),
		Stack: slipway.Stack{Name: "dockerfile", Run: slipway.StackImage{Name: "docker.io/library/debian:12", Digest: "sha256:d"}},
	}, config)
	if err != nil {
		t.Fatal(err)
	}
	var img ocispecs.Image
	if err := json.Unmarshal(out, &img); err != nil {
		t.Fatal(err)
	}
	return img
}

func TestPassedThrough_port(t *testing.T) {
	t.Parallel()
	exposes := func(ports ...string) map[string]struct{} {
		all := map[string]struct{}{}
		for _, p := range ports {
			all[p] = struct{}{}
		}
		return all
	}
	for name, c := range map[string]struct {
		plan slipway.Plan
		of   ocispecs.ImageConfig
		want string
	}{
		"declared":    {slipway.Plan{Kind: slipway.KindWeb, Port: 9000}, ocispecs.ImageConfig{ExposedPorts: exposes("80/tcp")}, "PORT=9000"},
		"its own":     {slipway.Plan{Kind: slipway.KindWeb}, ocispecs.ImageConfig{Env: []string{"PORT=1", "PORT=5000"}, ExposedPorts: exposes("80")}, "PORT=5000"},
		"the lowest":  {slipway.Plan{Kind: slipway.KindWeb}, ocispecs.ImageConfig{ExposedPorts: exposes("53/udp", "8443/tcp", "443")}, "PORT=443"},
		"the usual":   {slipway.Plan{Kind: slipway.KindWeb}, ocispecs.ImageConfig{}, "PORT=8080"},
		"of a worker": {slipway.Plan{Kind: slipway.KindWorker}, ocispecs.ImageConfig{ExposedPorts: exposes("80")}, ""},
	} {
		img := passed(t, c.plan, c.of)
		if c.want != "" && !slices.Contains(img.Config.Env, c.want) || c.want == "" && len(img.Config.Env) > 0 {
			t.Errorf("%s: %v, want %q", name, img.Config.Env, c.want)
		}
		if c.plan.Kind == slipway.KindWeb && len(img.Config.ExposedPorts) == 0 {
			t.Errorf("%s: nothing is exposed", name)
		}
	}
}

// What the file says stays, but for what slipway.yaml declares over it.
func TestPassedThrough_keeps(t *testing.T) {
	t.Parallel()
	of := ocispecs.ImageConfig{User: "www", Entrypoint: []string{"/e"}, Cmd: []string{"c"}, Labels: map[string]string{"a": "b", slipway.LabelService: "forged/name"}}
	img := passed(t, slipway.Plan{Kind: slipway.KindTask}, of)
	if img.Config.User != "www" || img.Config.Entrypoint[0] != "/e" || img.Config.Cmd[0] != "c" || img.Config.Labels["a"] != "b" {
		t.Errorf("%+v", img.Config)
	}
	for name, want := range map[string]string{
		slipway.LabelService: "shop/cart", slipway.LabelKind: "task", slipway.LabelStack: "dockerfile",
		slipway.LabelBaseName: "docker.io/library/debian:12", slipway.LabelBaseDigest: "sha256:d",
	} {
		if img.Config.Labels[name] != want {
			t.Errorf("label %s is %q, want %q", name, img.Config.Labels[name], want)
		}
	}
	if img.Created.Unix() != 1_700_000_000 {
		t.Errorf("created at %s", img.Created)
	}
	img = passed(t, slipway.Plan{Kind: slipway.KindTask, Start: []string{"/app/x"}}, of)
	if !slices.Equal(img.Config.Entrypoint, []string{"/app/x"}) || len(img.Config.Cmd) > 0 {
		t.Errorf("it starts %q %q", img.Config.Entrypoint, img.Config.Cmd)
	}
}

func TestFrontendOptions(t *testing.T) {
	t.Parallel()
	in := compile.Input{
		Service: slipway.ServiceName{Team: "shop", Name: "cart"}, Limits: compile.Limits{Memory: 1 << 20, CPUs: 0.5}, SkipCache: true,
		Plan: slipway.Plan{Dockerfile: &slipway.Dockerfile{Target: "api", Args: map[string]string{"A": "b"}}},
	}
	got := compile.FrontendOptions(in)
	for name, want := range map[string]string{
		"build-arg:A": "b", "target": "api", "memory": "1048576", "memswap": "1048576", "cpuquota": "50000", "no-cache": "",
		"build-arg:BUILDKIT_CACHE_MOUNT_NS": "slipway/shop/cart/dockerfile",
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
}

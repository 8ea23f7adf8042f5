package adapters_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
	"github.com/slipway-ci/slipway/adapters/debian"
)

func planOf(t *testing.T, yaml string) (slipway.Plan, error) {
	t.Helper()
	return adapters.Plan(adapters.Request{Tree: tree(map[string]string{
		"go.mod": "module example.com/x\n\ngo 1.26\n", "main.go": program, "slipway.yaml": yaml,
	})})
}

func TestPlan_laysWhatIsDeclaredOverAnyPlan(t *testing.T) {
	t.Parallel()
	p, err := planOf(t, `services:
  - name: x
    expose: internal
    commands: {start: "/app/x --listen", release: [/app/x, migrate]}
    buildEnv: {A: b, CGO_ENABLED: "1"}
    secrets: [TOKEN]
    needs: [db]
`)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{p.Expose, p.Start, p.Release, p.Secrets, p.Needs}
	want := []any{"internal", []string{"/app/x", "--listen"}, []string{"/app/x", "migrate"}, []string{"TOKEN"}, []string{"db"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, s := range p.Steps {
		if s.Env["A"] != "b" || !slices.Equal(s.Secrets, []string{"TOKEN"}) {
			t.Errorf("step %s has the variables %v and the secrets %v", s.Name, s.Env, s.Secrets)
		}
		if s.Env["CGO_ENABLED"] != "0" {
			t.Errorf("step %s lets a declared variable change what the adapter relies on: %v", s.Name, s.Env)
		}
	}
}

func TestPlan_workerHealthIsACommand(t *testing.T) {
	t.Parallel()
	p, err := planOf(t, "services:\n  - name: x\n    kind: worker\n    health: /app/x ping\n")
	if err != nil || !slices.Equal(p.HealthCommand, []string{"/app/x", "ping"}) || p.Health != "" {
		t.Errorf("%q, %q, %v", p.HealthCommand, p.Health, err)
	}
}

func TestPlan_refusesAShellWhereThereIsNone(t *testing.T) {
	t.Parallel()
	_, err := planOf(t, "services:\n  - name: x\n    commands: {start: \"/app/x --port $PORT\"}\n")
	if slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(err.Error(), "slipway.yaml:3") {
		t.Errorf("%v", err)
	}
}

func TestPlan_packages(t *testing.T) {
	t.Parallel()
	p, err := planOf(t, "services:\n  - name: x\n    packages: {build: [libpq-dev, cmake], run: [libpq5]}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	build := p.Steps[slices.IndexFunc(p.Steps, func(s slipway.Step) bool { return s.Name == debian.StepBuild })]
	if !build.Root || build.Network != slipway.NetworkPackages || !slices.Equal(build.Args[4:], []string{"cmake", "libpq-dev"}) {
		t.Errorf("%+v", build)
	}
	first := p.Layers[0]
	if first.Role != slipway.RoleRuntime || first.To != "/" || first.From.Step != debian.StepRun {
		t.Errorf("%+v", first)
	}
	p = debian.AddRun(p, []string{"libxml2"})
	i := slices.IndexFunc(p.Steps, func(s slipway.Step) bool { return s.Name == debian.StepRun })
	if len(p.Layers) != 2 || !slices.Equal(p.Steps[i].Args[4:], []string{"libpq5", "libxml2"}) {
		t.Errorf("added twice: %d layers, %q", len(p.Layers), p.Steps[i].Args[4:])
	}
}

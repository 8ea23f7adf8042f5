package engine_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway/builder/engine"
)

// probe compiles the program that steps run; the file is its only one.
func probe(t *testing.T) string {
	t.Helper()
	if built := os.Getenv("ENGINE_TEST_PROBE"); built != "" {
		return built // a test that runs inside a namespace cannot compile
	}
	dir := t.TempDir()
	command := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "probe"), "./testdata/probe")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return dir
}

// step is one step of a build: attempts of the probe, and how it runs.
type step struct {
	probe    string
	attempts []string
	options  []llb.RunOption
	direct   bool // no proxy network, whatever the engine says

	forceProxy bool // the proxy network, whatever the engine says
}

// runStep solves the step and gives what it printed.
func runStep(ctx context.Context, e *engine.Engine, s step, printed chan<- string) (string, error) {
	c, err := client.New(ctx, e.Address())
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	fs, err := fsutil.NewFS(s.probe)
	if err != nil {
		return "", err
	}
	options := append([]llb.RunOption{llb.Args(append([]string{"/probe"}, s.attempts...)), llb.IgnoreCache}, s.options...)
	state := llb.Scratch().File(llb.Copy(llb.Local("probe"), "/", "/")).Run(options...).Root()
	definition, err := state.Marshal(ctx)
	if err != nil {
		return "", err
	}
	status, output := make(chan *client.SolveStatus), make(chan string)
	go func() { output <- collect(status, printed) }()
	_, err = c.Build(ctx, client.SolveOpt{
		LocalMounts:  map[string]fsutil.FS{"probe": fs},
		ProxyNetwork: s.forceProxy || e.ProxyNetwork() && !s.direct,
	}, "slipway", func(ctx context.Context, g gateway.Client) (*gateway.Result, error) {
		return g.Solve(ctx, gateway.SolveRequest{Definition: definition.ToPB(), Evaluate: true})
	}, status)
	return <-output, err
}

// collect gathers a solve's output, and passes it on where somebody waits.
func collect(status <-chan *client.SolveStatus, printed chan<- string) string {
	var all strings.Builder
	for update := range status {
		for _, chunk := range update.Logs {
			all.Write(chunk.Data)
			if printed != nil {
				printed <- string(chunk.Data)
			}
		}
	}
	return all.String()
}

// results gives each attempt's line.
func results(t *testing.T, output string) map[string]string {
	t.Helper()
	lines := map[string]string{}
	for line := range strings.Lines(output) {
		if attempt, result, found := strings.Cut(strings.TrimSpace(line), " => "); found {
			lines[attempt] = result
		}
	}
	return lines
}

func TestStepRunsWithoutNetwork(t *testing.T) {
	needRoot(t)
	t.Parallel()
	e := start(t, config(t))
	output, err := runStep(t.Context(), e, step{probe: probe(t), attempts: []string{"direct 198.51.100.1:80"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := results(t, output)["direct 198.51.100.1:80"]; !strings.Contains(got, "network is unreachable") {
		t.Errorf("a direct connection gave %q", got)
	}
}

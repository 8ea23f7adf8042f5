//go:build e2e

// Package e2e_test drives bin/slipway and bin/buildkitd as a user would, with
// real engines, registries and git servers on loopback.
package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/solve"
)

// missing skips loudly, or fails where nothing may be missing.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
		t.Fatalf("required: %s", why)
	}
	t.Skipf("SKIPPED: %s", why)
}

// program finds the slipway under test: SLIPWAY_BIN, the repository's bin
// directory, the PATH. Its buildkitd is beside it.
func program(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("SLIPWAY_BIN"), filepath.Join("..", "bin", "slipway")} {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			abs, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			return abs
		}
	}
	path, err := exec.LookPath("slipway")
	if err != nil {
		missing(t, "there is no slipway program: run `make build`, or name it with SLIPWAY_BIN")
	}
	return path
}

// world is one data directory and the environment of the programs that use it.
type world struct {
	program string
	data    string
	env     []string // NAME=value, over the test's own environment
}

// outcome is how a program ended.
type outcome struct {
	stdout, stderr string
	code           int
	took           time.Duration
}

// run runs slipway to its end.
func (w *world) run(t *testing.T, args ...string) outcome {
	t.Helper()
	p := w.start(t, args...)
	return p.wait(t)
}

// must is run for what has to succeed.
func (w *world) must(t *testing.T, args ...string) outcome {
	t.Helper()
	o := w.run(t, args...)
	if o.code != 0 {
		t.Fatalf("slipway %s: exit code %d after %s\n%s%s", strings.Join(args, " "), o.code, o.took.Round(time.Millisecond), o.stdout, o.stderr)
	}
	return o
}

// buildResult is what `slipway build --output json` prints.
type buildResult struct {
	Image  slipway.Image  `json:"image"`
	Plan   slipway.Plan   `json:"plan"`
	Known  bool           `json:"known"`
	OCI    string         `json:"oci"`
	Pushed string         `json:"pushed"`
	Took   map[string]int `json:"took"` // milliseconds by part

	Steps []builder.StepResult `json:"steps"`
	Tests *solve.Tests         `json:"tests"`

	took   time.Duration
	stderr string
}

// build builds and reads the result.
func (w *world) build(t *testing.T, args ...string) buildResult {
	t.Helper()
	o := w.must(t, append([]string{"build", "--output", "json"}, args...)...)
	r := decode[buildResult](t, o.stdout)
	r.took, r.stderr = o.took, o.stderr
	return r
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

// process is a running slipway.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr *output
	begun          time.Time
	done           chan struct{}
	err            error         // valid once done is closed
	took           time.Duration // the same
}

// start starts slipway. The end of the test ends it: politely first, so that
// it takes its daemon along.
func (w *world) start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, w.program, args...)
	cmd.Env = append(append(os.Environ(), "SLIPWAY_DATA="+w.data), w.env...)
	cmd.Dir = w.data
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	p := &process{cmd: cmd, stdout: &output{}, stderr: &output{}, begun: time.Now(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = cmd.Wait()
		p.took = time.Since(p.begun)
		close(p.done)
	}()
	t.Cleanup(func() {
		cancel()
		<-p.done
	})
	return p
}

func (p *process) wait(t *testing.T) outcome {
	t.Helper()
	<-p.done
	o := outcome{stdout: p.stdout.String(), stderr: p.stderr.String(), code: p.cmd.ProcessState.ExitCode(), took: p.took}
	if _, exited := errors.AsType[*exec.ExitError](p.err); p.err != nil && !exited {
		t.Fatalf("slipway could not be run: %v", p.err)
	}
	return o
}

// ended tells whether the process has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// until waits for a condition of this process. It gives up when the process
// ends first or limit passes.
func (p *process) until(t *testing.T, what string, limit time.Duration, reached func() bool) {
	t.Helper()
	happened := false // it may be over again when it is asked once more
	eventually(limit, func() bool { happened = reached(); return happened || p.ended() })
	if !happened {
		t.Fatalf("%s: did not happen within %s\n%s%s", what, limit, p.stdout, p.stderr)
	}
}

// eventually asks often until the answer is yes.
func eventually(limit time.Duration, reached func() bool) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(limit)
	for {
		if reached() {
			return true
		}
		select {
		case <-deadline:
			return reached()
		case <-tick.C:
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.TrimLeft([]byte(text), "\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

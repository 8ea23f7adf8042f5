package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/buildkit/client/llb"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/engine"
)

func TestMemoryLimitKillsTheStep(t *testing.T) {
	needRoot(t)
	t.Parallel()
	e := start(t, config(t))
	limited := step{probe: probe(t), attempts: []string{"hog"}, options: []llb.RunOption{
		llb.WithLinuxResources(llb.LinuxResources{Memory: 64 << 20, MemorySwap: 64 << 20}),
	}}
	output, err := runStep(t.Context(), e, limited, nil)
	exit, ok := errors.AsType[*gatewaypb.ExitError](err)
	if !ok || exit.ExitCode != 137 {
		t.Fatalf("the step gave %v, want exit status 137\n%s", err, output)
	}
	if _, err := runStep(t.Context(), e, step{probe: limited.probe, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the engine does not go on: %v", err)
	}
}

func TestForkBombIsBounded(t *testing.T) {
	needRoot(t)
	t.Parallel()
	c := config(t)
	c.Limits.Processes = 300
	e := start(t, c)
	program := probe(t)
	output, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"fork"}}, nil)
	if err == nil && !strings.Contains(output, "stopped after") {
		t.Fatalf("the step was not stopped:\n%s", output)
	}
	t.Logf("%v, %s", err, output[:min(len(output), 300)])
	if left := processes(t, "/proc/self/exe wait forever"); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if _, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the engine does not go on: %v", err)
	}
}

func TestDiskWatermark(t *testing.T) {
	needRoot(t)
	t.Parallel()
	c := config(t)
	c.Limits.FreeBytes = 1 << 62
	e := start(t, c)
	err := e.CheckDisk()
	if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(err.Error(), "MiB free") {
		t.Errorf("CheckDisk = %v", err)
	}
	disk, err := e.DiskFree()
	if err != nil || disk.Free <= 0 || disk.Total < disk.Free {
		t.Errorf("DiskFree = %+v, %v", disk, err)
	}
}

// TestTwoEngines runs one step in each of two engines at once, and refuses a
// second engine in a directory that has one.
func TestTwoEngines(t *testing.T) {
	needRoot(t)
	t.Parallel()
	program := probe(t)
	first := config(t)
	engines := []*engine.Engine{start(t, first), start(t, config(t))}
	var group sync.WaitGroup
	for _, e := range engines {
		group.Go(func() {
			if _, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
				t.Errorf("%s: %v", e.Address(), err)
			}
		})
	}
	group.Wait()
	again := first
	again.Run = config(t).Run
	if _, err := engine.Start(t.Context(), again); slipway.ErrorCode(err) != slipway.CodeBusy {
		t.Errorf("a second engine in %s gave %v, want CodeBusy", first.Dir, err)
	}
	if _, err := runStep(t.Context(), engines[0], step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the first engine was disturbed: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*engine.Config){
		"missing daemon":     func(c *engine.Config) { c.Buildkitd = "/nonexistent/buildkitd" },
		"long socket path":   func(c *engine.Config) { c.Run = t.TempDir() + "/" + strings.Repeat("x", 108) },
		"not a daemon":       func(c *engine.Config) { c.Buildkitd = "/bin/false" },
		"program is missing": func(c *engine.Config) { c.Self = []string{"/nonexistent/slipway"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needRoot(t)
			c := config(t)
			change(&c)
			_, err := engine.Start(t.Context(), c)
			told, ok := errors.AsType[*slipway.Error](err)
			if !ok || told.Hint == "" || told.Code != slipway.CodeUnavailable && told.Code != slipway.CodeUsage {
				t.Errorf("Start = %v, want a sentence with a hint", err)
			}
			if left := processes(t, c.Dir); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
		})
	}
}

// TestStartIsInterrupted cancels the start of a daemon that never gets ready.
func TestStartIsInterrupted(t *testing.T) {
	t.Parallel()
	needRoot(t)
	c := config(t)
	c.Limits.Grace = time.Second
	c.Buildkitd = filepath.Join(t.TempDir(), "never-ready")
	if err := os.WriteFile(c.Buildkitd, []byte("#!/bin/sh\nsleep 1000\n:\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	started := make(chan error, 1)
	go func() {
		_, err := engine.Start(ctx, c)
		started <- err
	}()
	eventually(t, 20*time.Second, "the daemon runs", func() bool { return len(processes(t, c.Buildkitd)) > 0 })
	cancel(why)
	if err := <-started; !errors.Is(err, why) {
		t.Errorf("Start = %v, want the cause", err)
	}
	if left := processes(t, c.Buildkitd); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

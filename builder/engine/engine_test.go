package engine_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/builder/engine"
)

// config is an engine of the test's own, with its log in the test's when it
// fails.
func config(tb testing.TB) engine.Config {
	tb.Helper()
	run, err := os.MkdirTemp("", "slipway-run") //nolint:usetesting // TempDir is too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(run) })
	daemonLog := &syncBuffer{}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("the daemon's log:\n%s", daemonLog)
		}
	})
	return engine.Config{
		Dir:       filepath.Join(tb.TempDir(), "buildkit"),
		Run:       run,
		Buildkitd: buildkitd(tb),
		Self:      []string{"/proc/self/exe", initArgument},
		Rootless:  os.Geteuid() != 0,
		Log:       daemonLog,
	}
}

// start starts an engine that is closed at the test's end.
func start(t *testing.T, c engine.Config) *engine.Engine {
	t.Helper()
	begin := time.Now()
	e, err := engine.Start(t.Context(), c)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Logf("ready after %s", time.Since(begin).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return e
}

// buildkitd gives the daemon's path, or ends the test as need says.
func buildkitd(tb testing.TB) string {
	tb.Helper()
	candidates := []string{os.Getenv("SLIPWAY_BUILDKITD"), filepath.Join("..", "..", "bin", "buildkitd")}
	for _, path := range candidates {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	need(tb, "buildkitd: run `make build`, or set SLIPWAY_BUILDKITD to its path")
	return ""
}

// needRoot ends a test that starts engines without root, and where only quick
// tests are wanted.
func needRoot(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("engines are not started with -short")
	}
	if os.Geteuid() != 0 {
		need(t, "root")
	}
}

// need skips a test for want of something, or fails it where everything must
// be there.
func need(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
		tb.Fatalf("this test needs %s", what)
	}
	tb.Skipf("NOT TESTED: this test needs %s", what)
}

// syncBuffer collects what several goroutines write.
type syncBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// TestStartsTwiceInOneDirectory runs with and without root.
func TestStartsTwiceInOneDirectory(t *testing.T) {
	if testing.Short() {
		t.Skip("engines are not started with -short")
	}
	if _, err := exec.LookPath("newuidmap"); err != nil && os.Geteuid() != 0 {
		need(t, "newuidmap (Debian package uidmap) or root")
	}
	t.Parallel()
	c := config(t)
	for range 2 {
		e := start(t, c)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if err := e.Err(); err != nil {
			t.Errorf("Err after Close = %v", err)
		}
	}
}

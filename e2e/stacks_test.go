//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// prepared is the data directory that has the stack images. It stays in the
// user's cache, so that they are made once on a machine.
var prepared struct {
	once sync.Once
	dir  string
	err  error
}

// stackTime is how long making all stack images may take on a slow machine.
const stackTime = 20 * time.Minute

// newWorld gives a data directory with the stack images in its registry and
// no daemon state: the daemon that starts there is cold. Its builds get their
// modules from a mirror of the test, unless env names another.
func newWorld(t *testing.T, env ...string) *world {
	t.Helper()
	return newPlainWorld(t, append([]string{"GOPROXY=" + moduleMirror(t), "GOSUMDB=off"}, env...)...) // the mirror has no sums of tools
}

// newPlainWorld is newWorld where builds get their modules as this machine
// does.
func newPlainWorld(t *testing.T, env ...string) *world {
	t.Helper()
	return furnished(t, newDataDir(t), env...)
}

// newDataDir gives an empty directory with a short name: a socket's path has
// at most 107 bytes.
func newDataDir(t *testing.T) string {
	t.Helper()
	data, err := os.MkdirTemp("", "slipway-e2e-") //nolint:usetesting // t.TempDir's path is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(data); err != nil {
			t.Errorf("something is left in the data directory: %v", err)
		}
	})
	return data
}

// furnished puts the stack images into a data directory.
func furnished(t *testing.T, data string, env ...string) *world {
	t.Helper()
	w := &world{program: program(t), data: data, env: env}
	prepared.once.Do(func() { prepared.dir, prepared.err = prepare(t.Context(), w.program) })
	if prepared.err != nil {
		t.Fatalf("the stack images: %v", prepared.err)
	}
	for _, part := range []string{"registry", "stacks.json"} {
		if err := copyTree(filepath.Join(prepared.dir, part), filepath.Join(data, part)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// prepare has the stack images made, by one test run at a time.
func prepare(ctx context.Context, program string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "slipway-test", "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	lock, err := os.Create(filepath.Join(cache, "slipway-test", "lock"))
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, stackTime)
	defer cancel()
	return dir, persist(ctx, func() error { return buildStacks(ctx, program, dir) })
}

func buildStacks(ctx context.Context, program, dir string) error {
	cmd := exec.CommandContext(ctx, program, "stack", "build")
	cmd.Env = append(os.Environ(), "SLIPWAY_DATA="+dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("slipway stack build: %w\n%s", err, strings.Join(lines[max(0, len(lines)-20):], "\n"))
	}
	return nil
}

// copyTree copies files and directories. A registry's blobs, which nobody
// ever writes to again, become hard links where the file system allows.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case strings.Contains(path, "/blobs/sha256/") && d.Name() == "data":
			if err := os.Link(path, target); err == nil || !errors.Is(err, syscall.EXDEV) && !errors.Is(err, syscall.EPERM) {
				return err
			}
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// modules is a directory with all that the samples need of a module mirror.
// It stays in the user's cache, like the stack images.
var modules struct {
	once sync.Once
	dir  string
	err  error
}

// moduleFiles serves the samples' modules: the go command's download
// directory is laid out as a mirror is (https://go.dev/ref/mod#module-cache).
// A build of the tests thus never depends on what the upstream answers at
// that second.
func moduleFiles(t *testing.T) http.Handler {
	t.Helper()
	modules.once.Do(func() { modules.dir, modules.err = downloadModules(t.Context()) })
	if modules.err != nil {
		t.Fatalf("the samples' modules: %v", modules.err)
	}
	return http.FileServer(http.Dir(filepath.Join(modules.dir, "cache", "download")))
}

// moduleMirror is what a world's GOPROXY is when its test gives no other.
func moduleMirror(t *testing.T) string {
	t.Helper()
	server := listenOn(t, ownAddress(t), moduleFiles(t))
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// downloadModules fills the directory with the machine's own go command,
// which asks nobody for what is there.
func downloadModules(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "slipway-test", "modules")
	mods, err := filepath.Glob(filepath.Join("services", "go", "*", "go.mod"))
	nested, nestedErr := filepath.Glob(filepath.Join("services", "go", "*", "*", "go.mod"))
	if err := errors.Join(err, nestedErr); err != nil {
		return "", err
	}
	for _, mod := range append(mods, nested...) {
		err := persist(ctx, func() error { return download(ctx, dir, filepath.Dir(mod)) })
		if err != nil {
			return "", err
		}
	}
	for _, tool := range tools() {
		err := persist(ctx, func() error {
			return errors.Join(download(ctx, dir, dir, tool), download(ctx, dir, filepath.Join(dir, tool)))
		})
		if err != nil {
			return "", err
		}
	}
	return dir, nil
}

// tools are modules that no sample requires and that one's code is made with.
func tools() []string {
	return []string{"google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.5.1"}
}

func download(ctx context.Context, to, of string, modules ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"mod", "download"}, modules...)...)
	cmd.Dir = of
	cmd.Env = append(os.Environ(), "GOMODCACHE="+to, "GOFLAGS=-modcacherw", "GOWORK=off", "GOTOOLCHAIN=local")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go mod download in %s: %w\n%s", of, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// persist tries something that needs the network again after 2 and 8 seconds,
// since registries have hiccups. Its error is what the last try said.
func persist(ctx context.Context, try func() error) error {
	err := try()
	for _, pause := range []time.Duration{2 * time.Second, 8 * time.Second} {
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
			err = try()
		}
	}
	return err
}

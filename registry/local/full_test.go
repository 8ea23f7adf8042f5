package local_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway/registry/local"
)

// smallDisk mounts a file system of the given size.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
			t.Fatalf("a small file system is needed: mount: %v", err)
		}
		t.Skipf("SKIPPED: a full disk needs a small file system, and mounting one root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestRegistry_fullDisk(t *testing.T) {
	t.Parallel()
	_, host := start(t, local.Config{Dir: smallDisk(t, "size=40m")})
	small := tag(t, host+"/shop/cart:small")
	push(t, small, 1000)
	img, err := random.Image(60<<20, 1) // fills the disk in the middle of the upload
	if err != nil {
		t.Fatal(err)
	}
	big := tag(t, host+"/shop/cart:big")
	for _, when := range []string{"while it fills", "when it is full"} {
		err := remote.Write(big, img, remote.WithContext(t.Context()))
		if err == nil || !strings.Contains(err.Error(), "no space left on the registry's disk") {
			t.Errorf("%s: got %v", when, err)
		}
	}
	if _, err := remote.Head(big, remote.WithContext(t.Context())); err == nil {
		t.Error("an image that did not fit has a tag")
	}
	intact(t, small)
}

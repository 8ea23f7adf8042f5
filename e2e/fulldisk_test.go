//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

// disk is a file system of the test's own, as full as the test likes.
type disk struct{ dir string }

// diskName is what mounts of tests are called; the process follows.
const diskName = "slipway-e2e-"

// swept lets the disks go that tests left when they were killed.
var swept = sync.OnceFunc(func() {
	mounts, _ := os.ReadFile("/proc/self/mounts") // what cannot be read is left
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		pid, ours := strings.CutPrefix(fields[0], diskName)
		if _, err := os.Stat("/proc/" + pid); ours && errors.Is(err, fs.ErrNotExist) {
			_ = syscall.Unmount(fields[1], syscall.MNT_DETACH)
			_ = os.Remove(fields[1])
		}
	}
})

func newDisk(t *testing.T, dir string) disk {
	t.Helper()
	swept()
	if err := syscall.Mount(diskName+strconv.Itoa(os.Getpid()), dir, "tmpfs", 0, "size=8g,mode=700"); err != nil {
		missing(t, "a small file system cannot be mounted: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("the disk is still used: %v", err)
		}
	})
	return disk{dir}
}

// leave makes the disk so small that free bytes are left. It asks again while
// others are writing: a disk cannot be made smaller than what is on it.
func (d disk) leave(t *testing.T, free int64) {
	t.Helper()
	var err error
	if !eventually(10*time.Second, func() bool {
		var fs syscall.Statfs_t
		if err = syscall.Statfs(d.dir, &fs); err != nil {
			return false
		}
		size := int64(fs.Blocks-fs.Bfree)*fs.Bsize + free
		err = syscall.Mount(diskName+strconv.Itoa(os.Getpid()), d.dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d,mode=700", size))
		return err == nil
	}) {
		t.Fatalf("the disk cannot be made smaller: %v", err)
	}
}

// TestFullDisk has the disk of the data directory fill up: before a build, in
// the middle of a compile, and so that not a byte can be written.
func TestFullDisk(t *testing.T) { //nolint:tparallel // its parts share one disk and come one after another
	t.Parallel()
	d := newDisk(t, newDataDir(t))
	// Everybody sees the disk, but only the engine has what is below this.
	data := filepath.Join(d.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	w := furnished(t, data, "GOPROXY="+moduleMirror(t))
	slow := slowService(t)
	const mib = 1 << 20
	full := failure{exit: 75, code: slipway.CodeUnavailable, class: slipway.ClassPlatform, hint: "free"}
	t.Run("too little for a build", func(t *testing.T) {
		d.leave(t, 512*mib)
		want := full
		want.says = "is almost full: "
		w.fails(t, want, slow, "--service", "shop/slow")
		nothingLeft(t, w)
	})
	t.Run("in the middle", func(t *testing.T) {
		d.leave(t, 4096*mib)
		archive := filepath.Join(t.TempDir(), "image.tar")
		p := w.start(t, "build", slow, "--service", "shop/slow", "--output", "json", "--oci", archive)
		p.until(t, "a compiler runs", reach, func() bool { return w.compiles(t) })
		d.leave(t, 0)
		want := full
		want.says = "the disk of the build engine is full"
		want.check(t, p.wait(t))
		nothingIn(t, filepath.Dir(archive))
		nothingLeft(t, w)
	})
	t.Run("not a byte", func(t *testing.T) {
		d.leave(t, 0)
		w.fails(t, full, slow, "--service", "shop/other")
		nothingLeft(t, w)
	})
	t.Run("the next build works", func(t *testing.T) {
		d.leave(t, 4096*mib)
		if r := w.build(t, sample(t, "hello", filepath.Join(t.TempDir(), "hello")), "--service", "shop/hello"); r.Known || r.Image.Digest == "" {
			t.Errorf("built %+v", r)
		}
		nothingLeft(t, w)
	})
}

package engine

import (
	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// Disk is the space of the file system that holds the engine's data, in bytes.
type Disk struct {
	Free  int64 // to us, without root's reserve
	Total int64
}

// statDisk asks the file system, not the daemon: BuildKit's own account leaves
// out its databases and some snapshots (moby/buildkit#4218, #5459).
func statDisk(dir string) (Disk, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return Disk{}, slipway.Errorf(slipway.CodeUnavailable, "the free space of %s cannot be read", dir).Because(err)
	}
	return Disk{Free: int64(fs.Bavail) * fs.Bsize, Total: int64(fs.Blocks) * fs.Bsize}, nil //nolint:gosec // block counts fit
}

// DiskFree gives the space that the engine's data has left.
func (e *Engine) DiskFree() (Disk, error) { return statDisk(e.config.Dir) }

// CheckDisk refuses with CodeUnavailable when less than Limits.FreeBytes is
// free. Call it before a build: a daemon that runs out of disk in the middle
// of one hangs rather than fails (moby/buildkit#1088).
func (e *Engine) CheckDisk() error {
	disk, err := e.DiskFree()
	if err != nil {
		return err
	}
	if disk.Free >= e.config.Limits.FreeBytes {
		return nil
	}
	return slipway.Errorf(slipway.CodeUnavailable, "the disk of %s is almost full: %d MiB free, a build needs %d MiB",
		e.config.Dir, disk.Free>>20, e.config.Limits.FreeBytes>>20).
		WithHint("free some space, or move the data directory to a larger disk").WithClass(slipway.ClassPlatform)
}

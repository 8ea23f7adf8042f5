package container

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// defaultDir holds the user's id, so that two people on one machine do not
// meet in it.
func defaultDir() string {
	return filepath.Join(os.TempDir(), "slipway-containers-"+strconv.Itoa(os.Geteuid()))
}

// sweep removes the bundles in parent that no process holds any more. What
// cannot be removed stays for the next time: it is only disk space.
func sweep(ctx context.Context, parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, "slipway-*")) // fails only on a bad pattern
	for _, dir := range dirs {
		f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			continue
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			_ = bundle{id: filepath.Base(dir), dir: dir}.remove(ctx)
		}
		_ = f.Close()
	}
}

// lockInterval is how often a held lock is asked for again.
const lockInterval = 20 * time.Millisecond

// lockFile takes an exclusive lock that ends with the file or the process.
func lockFile(ctx context.Context, name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(lockInterval)
	defer tick.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			_ = f.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// removeAll deletes dir. Without root, volumes may hold files of the
// container's other ids, which only their namespace may delete.
func removeAll(ctx context.Context, dir string) error {
	err := os.RemoveAll(dir)
	if err == nil || os.Geteuid() == 0 {
		return err
	}
	p, serr := startSandboxed(ctx, process{args: []string{"rm", "-rf", "--", dir}})
	if serr != nil {
		return errors.Join(err, serr)
	}
	return p.Wait()
}

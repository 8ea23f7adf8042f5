package container

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const cgroupRoot = "/sys/fs/cgroup"

// cgroupsWritable tells whether runc can make control groups: it then can
// limit memory and processes too.
func cgroupsWritable() bool {
	if os.Geteuid() != 0 {
		return false
	}
	for _, dir := range []string{"cgroup.procs", "memory", "pids"} {
		if unix.Access(filepath.Join(cgroupRoot, dir), unix.W_OK) == nil {
			return true
		}
	}
	return false
}

// Killed processes take a moment to leave their group; how long to wait for
// them, and how often to look.
const (
	leaveTime     = 2 * time.Second
	leaveInterval = 10 * time.Millisecond
)

// removeCgroup removes what runc leaves when it is killed: the group's empty
// directory, in the one hierarchy (v2) or in each (v1). A directory that
// still has processes cannot be removed, so this harms nothing that runs.
func removeCgroup(ctx context.Context, name string) {
	ctx, cancel := context.WithTimeoutCause(ctx, leaveTime, errors.New("processes do not leave their control group"))
	defer cancel()
	for _, pattern := range []string{filepath.Join(cgroupRoot, name), filepath.Join(cgroupRoot, "*", name)} {
		dirs, _ := filepath.Glob(pattern) // fails only on a bad pattern
		for _, dir := range dirs {
			removeBusy(ctx, dir)
		}
	}
}

func removeBusy(ctx context.Context, dir string) {
	tick := time.NewTicker(leaveInterval)
	defer tick.Stop()
	for errors.Is(os.Remove(dir), unix.EBUSY) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

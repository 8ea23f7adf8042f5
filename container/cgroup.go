package container

import (
	"os"
	"path/filepath"

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

// removeCgroup removes what runc leaves when it is killed: the group's empty
// directory, in the one hierarchy (v2) or in each (v1). A directory that
// still has processes cannot be removed, so this harms nothing that runs.
func removeCgroup(name string) {
	for _, pattern := range []string{filepath.Join(cgroupRoot, name), filepath.Join(cgroupRoot, "*", name)} {
		dirs, _ := filepath.Glob(pattern) // fails only on a bad pattern
		for _, dir := range dirs {
			_ = os.Remove(dir) // gone already, or the next Start tries again
		}
	}
}

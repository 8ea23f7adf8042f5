package doctor

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// Mount is the file system that holds a directory.
type Mount struct {
	Point   string
	Type    string   // "ext4", "overlay", "nfs4", "fuse.sshfs"
	Options []string // "rw", "noexec"
}

// ParseMount finds in the text of /proc/self/mountinfo the mount that holds
// the absolute, symlink-free path dir: of the longest mount points that
// contain it, the one mounted last. Point is "" when none does.
func ParseMount(r io.Reader, dir string) (Mount, error) {
	mounts, err := mountinfo.GetMountsFromReader(r, nil)
	if err != nil {
		return Mount{}, err
	}
	var best Mount
	for _, m := range mounts {
		if holds(m.Mountpoint, dir) && len(m.Mountpoint) >= len(best.Point) {
			best = Mount{Point: m.Mountpoint, Type: m.FSType, Options: strings.Split(m.Options, ",")}
		}
	}
	return best, nil
}

// holds tells whether dir is point or below it. (mountinfo.ParentsFilter takes
// /srv for a parent of /srvx.)
func holds(point, dir string) bool {
	return point == "/" || dir == point || strings.HasPrefix(dir, point+"/")
}

// dataDir wants a local disk below the data directory: an overlay's upper
// directory can stand neither on another overlay nor on a network.
func (m Machine) dataDir(dir string) Finding {
	if !filepath.IsAbs(dir) {
		return Fail("give --data an absolute path", "the data directory %q is not an absolute path", dir)
	}
	mount, err := ParseMount(strings.NewReader(m.read("proc/self/mountinfo")), m.nearest(dir))
	if err != nil || mount.Point == "" {
		return Warn("mount /proc", "the file system of %s is not known: /proc/self/mountinfo says nothing of it", dir)
	}
	kind, _, _ := strings.Cut(mount.Type, ".")
	mend := "choose a directory on a local disk (ext4, xfs or btrfs) with --data DIR"
	switch {
	case slices.Contains([]string{"overlay", "aufs", "nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "virtiofs", "vboxsf", "ecryptfs"}, kind):
		return Fail(mend, "%s is on %s (%s), which cannot hold the layers of an overlay", dir, mount.Type, mount.Point)
	case slices.Contains(mount.Options, "ro"):
		return Fail(mend, "%s is on a read-only file system (%s)", dir, mount.Point)
	case slices.Contains(mount.Options, "noexec"):
		return Fail(mend+", or: mount -o remount,exec "+mount.Point, "%s is on a file system mounted noexec (%s), so no build step could start a program", dir, mount.Point)
	case kind == "tmpfs", kind == "ramfs":
		return Warn(mend, "%s is on %s (%s): everything built is in memory and gone after a restart", dir, mount.Type, mount.Point)
	}
	return OK("%s is on %s (%s)", dir, mount.Type, mount.Point)
}

// What a disk must have free. A Go service with its stack takes about 1 GiB
// and 60,000 files; a handful of services must fit.
const (
	gib        = 1 << 30
	leastFree  = 2 * gib
	goodFree   = 10 * gib
	leastFiles = 100_000
	goodFiles  = 500_000
)

// space wants room for a stack and a handful of services.
func (m Machine) space(dir string) Finding {
	d, err := m.Disk(m.nearest(dir))
	if err != nil {
		return Fail("choose another directory with --data DIR", "the free space of %s cannot be read: %v", dir, err)
	}
	mend := "free some, or choose a directory on a larger disk with --data DIR"
	bounded := d.Total > 0
	switch {
	case d.Free < leastFree, bounded && d.Inodes < leastFiles:
		return Fail(mend, "%s: %s is too little to build anything", dir, d)
	case d.Free < goodFree, bounded && d.Inodes < goodFiles:
		return Warn(mend, "%s: %s will be full after a few services", dir, d)
	}
	return OK("%s: %s", dir, d)
}

package source

import (
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// stampOf reads what the kernel says about a file.
func stampOf(st *unix.Stat_t) stamp {
	return stamp{size: st.Size, mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano(), inode: st.Ino}
}

// stampAt is lstat relative to an open directory: one call, and nothing that
// happens to the path above can lead elsewhere.
func stampAt(dir *os.File, name string) (stamp, fs.FileMode, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return stamp{}, 0, fmt.Errorf("stat: %w", err)
	}
	return stampOf(&st), modeOf(st.Mode), nil
}

func stampFile(f *os.File) (stamp, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return stamp{}, fmt.Errorf("stat: %w", err)
	}
	return stampOf(&st), nil
}

// modeOf reduces a mode to what git keeps of it; ModeIrregular for special
// files.
func modeOf(mode uint32) fs.FileMode {
	switch mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return fs.ModeDir | 0o755
	case unix.S_IFLNK:
		return fs.ModeSymlink | 0o777
	case unix.S_IFREG:
		if mode&0o100 != 0 {
			return 0o755
		}
		return 0o644
	default:
		return fs.ModeIrregular
	}
}

package source

import (
	"encoding/binary"
	"io"
	"io/fs"
	"sort"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/tonistiigi/fsutil/types"
)

// node is one entry of a tree. Entries of a commit are complete when they are
// made; those of a directory on disk get their kids and ids when asked.
type node struct {
	name string
	path string // below the tree's root, "." for the root itself
	mode fs.FileMode
	size int64
	id   plumbing.Hash // of the blob; a symlink's is that of its target's text
	link string        // a symlink's target
	kids []*node       // of a directory, in byte order of their names
	from store         // where the bytes are
	seen stamp         // of a file on disk: its state when it was listed
	done bool          // of a directory on disk: kids are there
}

// stamp is what changes when a file on disk does.
type stamp struct {
	size         int64
	mtime, ctime int64 // ns since 1970
	inode        uint64
}

// store is where nodes get what they do not hold.
type store interface {
	// list makes sure that the directory's kids are there.
	list(dir *node) error
	// open reads a regular file. Reading ends with an error when the bytes are
	// not those that the node stands for.
	open(n *node) (io.ReadCloser, error)
}

// child finds a kid by name; nil when there is none. Kids must be listed.
func (n *node) child(name string) *node {
	i := sort.Search(len(n.kids), func(i int) bool { return n.kids[i].name >= name })
	if i < len(n.kids) && n.kids[i].name == name {
		return n.kids[i]
	}
	return nil
}

// sortKids gives io/fs and fsutil the order they both want. Git's differs: it
// sorts a directory as if its name ended in a slash.
func (n *node) sortKids() {
	sort.Slice(n.kids, func(i, j int) bool { return n.kids[i].name < n.kids[j].name })
}

func join(dir *node, name string) string {
	if dir.path == "." {
		return name
	}
	return dir.path + "/" + name
}

// epoch is the time of every directory and the earliest of a file.
const epoch = 1_000_000_000

// mtime is a function of the content: BuildKit's file sync compares size, time
// and mode, never bytes, so equal times must mean equal bytes. 2001-09-09 plus
// 28 bits of seconds and 30 of nanoseconds out of the blob's id.
func (n *node) mtime() int64 {
	if n.mode.IsDir() {
		return epoch * 1e9
	}
	v := binary.BigEndian.Uint64(n.id[:8])
	seconds := int64(v>>36) & (1<<28 - 1)
	nanoseconds := int64(v&(1<<36-1)) % 1e9
	return (epoch+seconds)*1e9 + nanoseconds
}

// gitMode is the mode as git's tree objects have it.
func (n *node) gitMode() string {
	switch {
	case n.mode&fs.ModeSymlink != 0:
		return "120000"
	case n.mode&0o111 != 0:
		return "100755"
	default:
		return "100644"
	}
}

// info is a node as fs.FileInfo and fs.DirEntry. Timed, its time is the
// content's; a plan depends on no time, so FS gives every file the epoch.
type info struct {
	n     *node
	timed bool
}

func (i info) Name() string      { return i.n.name }
func (i info) IsDir() bool       { return i.n.mode.IsDir() }
func (i info) Type() fs.FileMode { return i.n.mode.Type() }
func (i info) Size() int64       { return i.n.size }
func (i info) Mode() fs.FileMode { return i.n.mode }
func (i info) String() string    { return fs.FormatDirEntry(i) }

// Info is fs.DirEntry's.
func (i info) Info() (fs.FileInfo, error) { return i, nil }

// ModTime is fs.FileInfo's.
func (i info) ModTime() time.Time {
	if i.timed {
		return time.Unix(0, i.n.mtime()).UTC()
	}
	return time.Unix(epoch, 0).UTC()
}

// Sys gives a new Stat each time: fsutil's filters and senders write to it.
func (i info) Sys() any {
	return &types.Stat{
		Path: i.n.path, Mode: uint32(i.n.mode), Size: i.n.size,
		ModTime: i.ModTime().UnixNano(), Linkname: i.n.link,
	}
}

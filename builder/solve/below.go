package solve

import (
	"context"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

// below gives a directory of a tree as a tree.
func below(files fsutil.FS, dir string) fsutil.FS {
	if dir == "." {
		return files
	}
	return subtree{files, dir}
}

type subtree struct {
	files fsutil.FS
	dir   string
}

// Walk implements fsutil.FS.
func (s subtree) Walk(ctx context.Context, target string, fn fs.WalkDirFunc) error {
	return s.files.Walk(ctx, path.Join(s.dir, path.Clean("/"+target)), func(name string, e fs.DirEntry, err error) error {
		inner, ok := strings.CutPrefix(name, s.dir+"/")
		if !ok {
			return nil // the directory itself
		}
		if e != nil {
			e = inside{DirEntry: e, path: inner}
		}
		return fn(inner, e, err)
	})
}

// Open implements fsutil.FS.
func (s subtree) Open(name string) (io.ReadCloser, error) {
	return s.files.Open(path.Join(s.dir, path.Clean("/"+name)))
}

// inside is an entry under its name below the directory, which fsutil reads
// from the entry's own record.
type inside struct {
	fs.DirEntry
	path string
}

// Info implements fs.DirEntry.
func (i inside) Info() (fs.FileInfo, error) {
	info, err := i.DirEntry.Info()
	if err != nil {
		return nil, err
	}
	if stat, ok := info.Sys().(*types.Stat); ok {
		stat = stat.Clone()
		stat.Path = i.path
		return &fsutil.StatInfo{Stat: stat}, nil
	}
	return info, nil
}

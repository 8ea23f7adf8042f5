package source

import (
	"errors"
	"io"
	"io/fs"
)

// openFile is a regular file that is being read.
type openFile struct {
	n *node
	io.ReadCloser
}

// Stat is fs.File's.
func (f *openFile) Stat() (fs.FileInfo, error) { return info{n: f.n}, nil }

// openDir is a directory that is being read.
type openDir struct {
	n  *node
	at int
}

// Stat is fs.File's.
func (d *openDir) Stat() (fs.FileInfo, error) { return info{n: d.n}, nil }

// Close is fs.File's.
func (d *openDir) Close() error { return nil }

// Read is fs.File's; a directory has no bytes.
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.n.path, Err: errors.New("is a directory")}
}

// ReadDir is fs.ReadDirFile's.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := d.n.kids[d.at:]
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	d.at += len(rest)
	return entries(rest), nil
}

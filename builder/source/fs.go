package source

import (
	"errors"
	"io"
	"io/fs"
)

// FS gives the tree as io/fs has it, with the optional interfaces
// fs.ReadDirFS, fs.ReadFileFS, fs.StatFS and fs.ReadLinkFS. Links inside the
// tree are followed as in a checkout; reading through one that points outside
// is an Error of code invalid. A directory's files are listed as they are
// looked at and not hashed, so what is not needed costs nothing. Every time is
// the epoch: a plan cannot depend on one.
func (t *Tree) FS() fs.FS { return files{t} }

type files struct{ t *Tree }

var (
	_ fs.ReadDirFS  = files{}
	_ fs.ReadFileFS = files{}
	_ fs.StatFS     = files{}
	_ fs.ReadLinkFS = files{}
)

// Open is fs.FS's.
func (f files) Open(name string) (fs.File, error) {
	n, err := f.t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.mode.IsDir() {
		if err := n.from.list(n); err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return &openDir{n: n}, nil
	}
	r, err := n.from.open(n)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{n: n, ReadCloser: r}, nil
}

// Stat is fs.StatFS's.
func (f files) Stat(name string) (fs.FileInfo, error) {
	n, err := f.t.find("stat", name, true)
	if err != nil {
		return nil, err
	}
	return info{n: n}, nil
}

// Lstat is fs.ReadLinkFS's.
func (f files) Lstat(name string) (fs.FileInfo, error) {
	n, err := f.t.find("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return info{n: n}, nil
}

// ReadLink is fs.ReadLinkFS's.
func (f files) ReadLink(name string) (string, error) {
	n, err := f.t.find("readlink", name, false)
	if err == nil && n.mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return n.link, nil
}

// ReadDir is fs.ReadDirFS's.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := f.t.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !n.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	if err := n.from.list(n); err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return entries(n.kids), nil
}

// ReadFile is fs.ReadFileFS's.
func (f files) ReadFile(name string) ([]byte, error) {
	n, err := f.t.find("read", name, true)
	if err == nil && !n.mode.IsRegular() {
		err = &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	if err != nil {
		return nil, err
	}
	data, err := readAll(n)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

func readAll(n *node) (data []byte, err error) {
	r, err := n.from.open(n)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}

func entries(kids []*node) []fs.DirEntry {
	list := make([]fs.DirEntry, len(kids))
	for i, kid := range kids {
		list[i] = info{n: kid}
	}
	return list
}

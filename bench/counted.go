package main

import (
	"io"
	"sync/atomic"

	"github.com/tonistiigi/fsutil"
)

// counted is a tree that counts what the daemon asks of it.
type counted struct {
	fsutil.FS
	files atomic.Int64
	bytes atomic.Int64
}

// Open implements fsutil.FS; the daemon opens only what it lacks.
func (c *counted) Open(path string) (io.ReadCloser, error) {
	f, err := c.FS.Open(path)
	if err != nil {
		return nil, err
	}
	c.files.Add(1)
	return &countedFile{f, c}, nil
}

type countedFile struct {
	io.ReadCloser
	of *counted
}

func (f *countedFile) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	f.of.bytes.Add(int64(n))
	return n, err
}

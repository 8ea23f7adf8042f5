package main

import (
	"context"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/tonistiigi/fsutil"
)

// counted is a tree that notes what the daemon asks of it, and from when to
// when: from the first listing until the last listing or file was handed over.
type counted struct {
	fsutil.FS
	mu           sync.Mutex
	begun, ended time.Time
	files, bytes int64
}

// Walk implements fsutil.FS.
func (c *counted) Walk(ctx context.Context, target string, fn fs.WalkDirFunc) error {
	c.note(0, 0)
	defer c.note(0, 0)
	return c.FS.Walk(ctx, target, fn)
}

// Open implements fsutil.FS; the daemon opens only what it lacks.
func (c *counted) Open(path string) (io.ReadCloser, error) {
	f, err := c.FS.Open(path)
	if err != nil {
		return nil, err
	}
	c.note(1, 0)
	return &countedFile{f, c}, nil
}

func (c *counted) note(files, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = time.Now()
	if c.begun.IsZero() {
		c.begun = c.ended
	}
	c.files += files
	c.bytes += bytes
}

type countedFile struct {
	io.ReadCloser
	of *counted
}

func (f *countedFile) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	f.of.note(0, int64(n))
	return n, err
}

package main

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// tags are the entity tags of files, by their content: in an image, files of
// one size with one time may differ. Each file is read once. Safe for
// concurrent use; the zero value is empty.
type tags struct{ known sync.Map }

// version of a file. Its change time, which nobody can set, tells a new one
// also where the site lies on a volume that is written to.
type version struct {
	name    string
	inode   uint64
	size    int64
	changed int64
}

// of gives the tag of an open file and leaves it at its beginning.
func (t *tags) of(name string, file *os.File) (string, error) {
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	v := version{name: name, size: info.Size()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		v.inode, v.changed = stat.Ino, time.Unix(stat.Ctim.Unix()).UnixNano()
	}
	if tag, ok := t.known.Load(v); ok {
		return tag.(string), nil //nolint:forcetypeassert // nothing else is stored
	}
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	tag := `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16]) + `"`
	t.known.Store(v, tag)
	return tag, nil
}

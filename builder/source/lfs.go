package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// lfsFiles are the files of one repository that it keeps in git LFS: a store
// of nodes whose content is fetched when it is first needed, and then kept
// beside the repository's mirror, never shared with another repository's.
type lfsFiles struct {
	dir      string
	pointers map[*node]pointer // complete once the tree is loaded
	limits   Limits
	download func([]pointer) error // for as long as the tree's context lasts
}

// lfsAge is how long content is kept that no tree has read.
const lfsAge = 30 * 24 * time.Hour

// add makes n a file whose content is in LFS.
func (f *lfsFiles) add(n *node, p pointer) {
	p.path = n.path
	n.from, n.size = f, p.size
	f.pointers[n] = p
}

// list is store's: a commit's nodes are complete.
func (f *lfsFiles) list(*node) error { return nil }

// open is store's: the bytes are checked against the pointer.
func (f *lfsFiles) open(n *node) (io.ReadCloser, error) {
	if err := f.need([]*node{n}); err != nil {
		return nil, err
	}
	p := f.pointers[n]
	file, err := os.Open(f.path(p))
	if err != nil {
		return nil, diskError(f.dir, err)
	}
	now := time.Now()
	_ = os.Chtimes(file.Name(), now, now) // else it is fetched again one day
	return &lfsFile{File: file, p: p, sum: sha256.New()}, nil
}

// need fetches what is not here of the nodes' content.
func (f *lfsFiles) need(nodes []*node) error {
	var missing []pointer
	seen := map[string]bool{}
	for _, n := range nodes {
		p := f.pointers[n]
		if fi, err := os.Stat(f.path(p)); err == nil && fi.Size() == p.size || seen[p.oid] {
			continue
		}
		if p.size > f.limits.FetchBytes {
			return slipway.Errorf(slipway.CodeLimit, "%q in git LFS has %d bytes, more than the %d of a fetch", p.path, p.size, f.limits.FetchBytes).
				WithClass(slipway.ClassLimit).WithHint("keep such data outside the repository, and fetch it when the service starts")
		}
		seen[p.oid] = true
		missing = append(missing, p)
	}
	if len(missing) == 0 {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return diskError(f.dir, err)
	}
	f.sweep()
	return f.download(missing)
}

func (f *lfsFiles) path(p pointer) string { return filepath.Join(f.dir, p.oid) }

// sweep removes what no tree has read for long, and what a killed download
// left behind.
func (f *lfsFiles) sweep() {
	list, _ := os.ReadDir(f.dir) // what cannot be read is not swept
	for _, entry := range list {
		if fi, err := entry.Info(); err == nil && time.Since(fi.ModTime()) > lfsAge {
			_ = os.Remove(filepath.Join(f.dir, entry.Name()))
		}
	}
}

// store writes content that arrives, whole and right or not at all.
func (f *lfsFiles) store(ctx context.Context, p pointer, from io.Reader) (err error) {
	part, err := os.CreateTemp(f.dir, "part-")
	if err != nil {
		return diskError(f.dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(part, sum), io.LimitReader(from, p.size+1))
	if err = errors.Join(err, part.Close(), ctx.Err()); err != nil {
		return err
	}
	if n != p.size || hex.EncodeToString(sum.Sum(nil)) != p.oid {
		return unavailablef("the LFS server sent other bytes for %q than its pointer says", p.path).
			WithHint("`git lfs fsck` in a clone says which objects are damaged on the server")
	}
	return os.Rename(part.Name(), f.path(p))
}

// lfsFile compares what was read with the pointer when it ends.
type lfsFile struct {
	*os.File
	p   pointer
	sum hash.Hash
}

// Read is io.Reader's.
func (l *lfsFile) Read(b []byte) (int, error) {
	n, err := l.File.Read(b)
	l.sum.Write(b[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(l.sum.Sum(nil)) != l.p.oid {
		return n, errors.Join(unavailablef("the local copy of %q is damaged", l.p.path).
			WithHint("try again: the file is then fetched anew"), os.Remove(l.Name()))
	}
	return n, err
}

// WriteTo hides os.File's, which would go around Read.
func (l *lfsFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{l})
}

// lfsNeeded fetches the LFS content among the files.
func lfsNeeded(files map[string]*node) error {
	by := map[*lfsFiles][]*node{}
	for _, n := range files {
		if f, ok := n.from.(*lfsFiles); ok && n.mode&fs.ModeSymlink == 0 {
			by[f] = append(by[f], n)
		}
	}
	for f, nodes := range by {
		if err := f.need(nodes); err != nil {
			return err
		}
	}
	return nil
}

// lfsOf makes the store of a snapshot's LFS files.
func (s *Sources) lfsOf(ctx context.Context, snap *snapshot) *lfsFiles {
	f := &lfsFiles{dir: filepath.Join(snap.mirror.base, "lfs"), pointers: map[*node]pointer{}, limits: s.config.Limits}
	remote, to := snap.remote, snap.to
	f.download = func(todo []pointer) error {
		ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Fetch)
		defer cancel()
		c, err := s.lfsClient(ctx, remote, to)
		if err != nil {
			return lfsRefused(todo[0], err)
		}
		defer c.close()
		return c.fetch(ctx, f, todo)
	}
	return f
}

func lfsRefused(p pointer, err error) error {
	code := slipway.ErrorCode(err)
	if code == slipway.CodeInternal {
		code = slipway.CodeUnavailable
	}
	e := slipway.Errorf(code, "%q is kept in git LFS and cannot be had", p.path).Because(err)
	if inner, ok := errors.AsType[*slipway.Error](err); ok && inner.Hint != "" {
		return e.WithHint("%s", inner.Hint).WithDetails(inner.Details...)
	}
	return e.WithHint("commit the file itself, or check that its content was pushed: `git lfs push --all REMOTE`")
}

// printable keeps a server's words on one line.
func printable(s string) string {
	return strings.Join(lines(string(bytes.ToValidUTF8([]byte(s), []byte("?")))), " ")
}

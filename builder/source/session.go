package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway"
)

// Session gives the tree to the file sync of a BuildKit session. The bytes it
// hands out are those that Hash was taken over: a file of a directory that
// changed since then is an Error of code invalid. Links are never followed,
// and directories without a file in them are left out, as git leaves them out.
func (t *Tree) Session() fsutil.FS { return session{t} }

type session struct{ t *Tree }

// Walk is fsutil.FS's: everything below target, in byte order per directory.
func (s session) Walk(ctx context.Context, target string, fn fs.WalkDirFunc) error {
	if err := s.t.exact(); err != nil {
		return err
	}
	n, err := s.t.lstat(strings.TrimPrefix(path.Clean("/"+target), "/"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // as fsutil's own FS
	}
	if err != nil {
		return err
	}
	if n != s.t.root {
		err = fn(n.path, info{n: n, timed: true}, nil)
	}
	if err == nil {
		err = walkKids(ctx, n, fn)
	}
	if errors.Is(err, fs.SkipDir) || errors.Is(err, fs.SkipAll) {
		return nil
	}
	return err
}

func walkKids(ctx context.Context, dir *node, fn fs.WalkDirFunc) error {
	if !dir.mode.IsDir() {
		return nil
	}
	for _, n := range dir.kids {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n.mode.IsDir() && !populated(n) {
			continue
		}
		err := fn(n.path, info{n: n, timed: true}, nil)
		if errors.Is(err, fs.SkipDir) {
			if n.mode.IsDir() {
				continue
			}
			return nil // the rest of this directory
		}
		if err == nil {
			err = walkKids(ctx, n, fn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// populated tells whether there is a file somewhere below.
func populated(dir *node) bool {
	for _, n := range dir.kids {
		if !n.mode.IsDir() || populated(n) {
			return true
		}
	}
	return false
}

// Open is fsutil.FS's.
func (s session) Open(name string) (io.ReadCloser, error) {
	n, err := s.t.lstat(strings.TrimPrefix(path.Clean("/"+name), "/"))
	if err == nil && !n.mode.IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return n.from.open(n)
}

// changed is the error of a file that is not what it was.
func changed(name string) error {
	return slipway.Errorf(slipway.CodeInvalid, "the file %q changed while it was read", name).
		WithHint("let editors and generators finish, then start again")
}

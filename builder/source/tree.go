package source

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/slipway-ci/slipway"
)

// Tree is one state of the files of a Location. It is safe for concurrent use
// and must be closed; nothing of it works after that.
type Tree struct {
	root     *node
	revision func() slipway.Revision
	subdir   string
	exact    func() error // gives every node its blob id, once
	closers  []func() error
	origin   string // what was opened, for messages
	once     sync.Once
	closed   error
}

// Revision says what the tree is a state of.
func (t *Tree) Revision() slipway.Revision { return t.revision() }

// Subdir is the directory of the tree that was asked for, "." for its root.
// For a directory inside a git repository the tree is the whole repository.
func (t *Tree) Subdir() string {
	if t.subdir == "" {
		return "."
	}
	return t.subdir
}

// Close lets go of the mirror or directory.
func (t *Tree) Close() error {
	t.once.Do(func() {
		errs := make([]error, 0, len(t.closers))
		for _, c := range t.closers {
			errs = append(errs, c())
		}
		t.closed = errors.Join(errs...)
	})
	return t.closed
}

// Escaping lists the symbolic links that point outside the tree, as
// "path -> target", in order. They are served as links and nothing reads
// through them; whether they matter is for the caller to say.
func (t *Tree) Escaping() ([]string, error) {
	var found []string
	err := t.each(t.root, func(n *node) error {
		if n.mode&fs.ModeSymlink != 0 && escapes(n) {
			found = append(found, n.path+" -> "+n.link)
		}
		return nil
	})
	return found, err
}

// escapes tells whether a link's text leaves the tree, whatever is there.
func escapes(n *node) bool {
	if strings.HasPrefix(n.link, "/") {
		return true
	}
	to := path.Join(path.Dir(n.path), n.link)
	return to == ".." || strings.HasPrefix(to, "../")
}

// each calls f for everything below n, parents before their kids.
func (t *Tree) each(n *node, f func(*node) error) error {
	if err := n.from.list(n); err != nil {
		return err
	}
	for _, kid := range n.kids {
		if err := f(kid); err != nil {
			return err
		}
		if kid.mode.IsDir() {
			if err := t.each(kid, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkSubdir makes sure that the directory that was asked for is there.
func (t *Tree) checkSubdir(loc Location) error {
	n, err := t.follow(t.Subdir())
	if err == nil && n.mode.IsDir() {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	names := []string{}
	for _, kid := range t.root.kids {
		if kid.mode.IsDir() {
			names = append(names, kid.path)
		}
	}
	hint := "its root has no directories"
	if len(names) > 0 {
		hint = "its root has " + strings.Join(limitTo(names, 10), ", ")
	}
	return slipway.Errorf(slipway.CodeNotFound, "there is no directory %q in %s", loc.Subdir, t.origin).
		WithHint("%s", hint).WithDetails(limitTo(names, 100)...)
}

func limitTo(names []string, n int) []string {
	if len(names) > n {
		return append(names[:n:n], "…")
	}
	return names
}

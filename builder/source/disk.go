package source

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// disk is a directory as nodes read it. Directories are listed when somebody
// looks, so that a plan costs what it reads; everything goes through os.Root,
// so nothing outside is ever opened.
type disk struct {
	root *os.Root

	mu     sync.Mutex
	tally  tally
	scopes map[*node]*scope
}

// list is store's.
func (d *disk) list(dir *node) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if dir.done {
		return nil
	}
	f, err := d.root.Open(dir.path)
	if err != nil {
		return unreadable(dir.path, err)
	}
	defer f.Close()                  //nolint:errcheck // only read
	names, err := f.Readdirnames(-1) // ReadDir would stat everything, and so does entry
	if err != nil {
		return unreadable(dir.path, err)
	}
	in, err := d.enter(f, dir, names)
	if err != nil {
		return err
	}
	kids := make([]*node, 0, len(names))
	for _, name := range names {
		n, err := d.entry(f, dir, name, in)
		if err != nil {
			return err
		}
		if n == nil {
			continue
		}
		if n.mode.IsDir() {
			d.scopes[n] = in
		}
		kids = append(kids, n)
	}
	dir.kids = kids
	dir.sortKids()
	dir.done = true
	delete(d.scopes, dir)
	return nil
}

// enter gives the ignore rules that hold in dir: those of the directory above
// and its own, or new ones where another repository begins.
func (d *disk) enter(f *os.File, dir *node, names []string) (*scope, error) {
	in := d.scopes[dir]
	if in.links[dir.path] && len(names) == 0 {
		return nil, slipway.Errorf(slipway.CodeInvalid, "the submodule %q is not checked out", dir.path).
			WithHint("run git submodule update --init --recursive")
	}
	if dir.path != "." && slices.Contains(names, ".git") {
		if nested, err := scopeOf(path.Join(d.root.Name(), dir.path), dir.path); err == nil {
			in = nested
		}
	}
	if !in.git || !slices.Contains(names, ".gitignore") {
		return in, nil
	}
	name := join(dir, ".gitignore")
	if _, mode, err := stampAt(f, ".gitignore"); err != nil || !mode.IsRegular() {
		return in, nil //nolint:nilerr // it vanished; and git follows no link here
	}
	text, err := d.root.ReadFile(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	return in.with(dir.path, text), nil
}

// entry makes a node; nil for what does not belong or vanished meanwhile.
func (d *disk) entry(f *os.File, dir *node, name string, in *scope) (*node, error) {
	if name == ".git" {
		return nil, nil //nolint:nilnil // documented
	}
	n := &node{name: name, path: join(dir, name), from: d}
	var err error
	n.seen, n.mode, err = stampAt(f, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // documented
	}
	if err != nil {
		return nil, unreadable(n.path, err)
	}
	if !in.includes(n.path, n.mode.IsDir()) {
		return nil, nil //nolint:nilnil // documented
	}
	if why := badName(name); why != "" {
		return nil, entryError(dir, name, why)
	}
	switch {
	case n.mode&fs.ModeIrregular != 0:
		return nil, slipway.Errorf(slipway.CodeInvalid, "%q is a socket, a pipe or a device, which cannot be built", n.path).
			WithHint("remove it, or name it in .gitignore")
	case n.mode&fs.ModeSymlink != 0:
		if n.link, err = readLinkAt(f, name); err != nil {
			return nil, unreadable(n.path, err)
		}
		if why := badLink([]byte(n.link)); why != "" {
			return nil, slipway.Errorf(slipway.CodeInvalid, "the symbolic link %q %s", n.path, why)
		}
		n.size = int64(len(n.link))
		n.id = linkID(n.link)
	case n.mode.IsRegular():
		n.size = n.seen.size
	}
	return n, d.tally.add(n, strings.Count(n.path, "/")+1)
}

func readLinkAt(dir *os.File, name string) (string, error) {
	text := make([]byte, maxLinkText+1)
	size, err := unix.Readlinkat(int(dir.Fd()), name, text)
	if err != nil {
		return "", err
	}
	return string(text[:size]), nil
}

// open is store's: the file must be as it was when it was listed, which was
// before it was hashed.
func (d *disk) open(n *node) (io.ReadCloser, error) {
	// Not blocking: the file may have become a pipe.
	f, err := d.root.OpenFile(n.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, changed(n.path)
	}
	if err != nil {
		return nil, unreadable(n.path, err)
	}
	r := &unchanged{File: f, n: n}
	if err := r.compare(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// unchanged is a file whose stamp is compared when it is opened and when it
// has been read.
type unchanged struct {
	*os.File
	n *node
}

func (u *unchanged) compare() error {
	now, err := stampFile(u.File)
	if err != nil {
		return unreadable(u.n.path, err)
	}
	if now != u.n.seen {
		return changed(u.n.path)
	}
	return nil
}

// Read is io.Reader's.
func (u *unchanged) Read(p []byte) (int, error) {
	n, err := u.File.Read(p)
	if errors.Is(err, io.EOF) {
		if changed := u.compare(); changed != nil {
			err = changed
		}
	} else if err != nil {
		err = unreadable(u.n.path, err)
	}
	return n, err
}

// WriteTo keeps io.Copy from going past Read to File's own.
func (u *unchanged) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{u})
}

func unreadable(name string, err error) error {
	return slipway.Errorf(slipway.CodeInvalid, "%q cannot be read", name).
		WithHint("make it readable for the user who builds, or name it in .gitignore").Because(bare(err))
}

// bare drops the path from an error of package os: the sentence has it.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

package source

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/slipway-ci/slipway"
)

// loader makes the nodes of one commit and its submodules.
type loader struct {
	sources *Sources
	tally   tally
	closers []func() error
}

// tally counts what a tree holds, against its limits.
type tally struct {
	limits Limits
	files  int
	bytes  int64
}

func (t *tally) add(n *node, depth int) error {
	t.files++
	t.bytes += n.size
	var what string
	switch {
	case t.files > t.limits.Files:
		what = fmt.Sprintf("more than %d files and directories", t.limits.Files)
	case t.bytes > t.limits.Bytes:
		what = fmt.Sprintf("more than %d MiB of files", t.limits.Bytes/mib)
	case depth > t.limits.Depth:
		what = fmt.Sprintf("directories more than %d deep", t.limits.Depth)
	default:
		return nil
	}
	return slipway.Errorf(slipway.CodeLimit, "the source has %s, counted up to %q", what, n.path).
		WithHint("leave generated files out of the repository or the directory, for instance with .gitignore").
		WithClass(slipway.ClassLimit)
}

// layer is the repository that a part of the nodes comes from.
type layer struct {
	objects *objects // what the nodes will read
	read    *objects // what the loader reads
	sizes   *sizes
	lfs     *lfsFiles
	remote  remote
	nested  int           // submodules above it
	top     *node         // where its root is grafted
	modules plumbing.Hash // blob of its .gitmodules
}

func (l *loader) load(ctx context.Context, at layer, dir *node, tree plumbing.Hash, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := at.read.tree(tree)
	if err != nil {
		return err
	}
	if dir == at.top {
		for _, e := range t.Entries {
			if e.Name == ".gitmodules" && e.Mode.IsRegular() {
				at.modules = e.Hash
			}
		}
	}
	dir.kids = make([]*node, 0, len(t.Entries))
	for _, e := range t.Entries {
		if why := badName(e.Name); why != "" {
			return entryError(dir, e.Name, why)
		}
		n := &node{name: e.Name, path: join(dir, e.Name), id: e.Hash, from: at.objects}
		if err := l.entry(ctx, at, n, e.Mode, depth); err != nil {
			return err
		}
		dir.kids = append(dir.kids, n)
	}
	dir.sortKids()
	for i := 1; i < len(dir.kids); i++ {
		if dir.kids[i-1].name == dir.kids[i].name {
			return entryError(dir, dir.kids[i].name, "is there twice")
		}
	}
	return nil
}

// entry completes n, whose mode in git is mode.
func (l *loader) entry(ctx context.Context, at layer, n *node, mode filemode.FileMode, depth int) error {
	switch mode {
	case filemode.Dir:
		n.mode = fs.ModeDir | 0o755
	case filemode.Submodule:
		n.mode = fs.ModeDir | 0o755
	case filemode.Symlink:
		n.mode = fs.ModeSymlink | 0o777
		text, err := at.read.text(n.id, maxLinkText+1)
		if err != nil {
			return err
		}
		if why := badLink(text); why != "" {
			return slipway.Errorf(slipway.CodeInvalid, "the symbolic link %q %s", n.path, why)
		}
		n.link, n.size = string(text), int64(len(text))
	case filemode.Executable:
		n.mode = 0o755
	case filemode.Regular, filemode.Deprecated:
		n.mode = 0o644
	default:
		return slipway.Errorf(slipway.CodeInvalid, "the entry %q has the mode %s, which git does not know", n.path, mode)
	}
	if n.mode.IsRegular() {
		if err := l.measure(at, n); err != nil {
			return err
		}
	}
	if err := l.tally.add(n, depth); err != nil {
		return err
	}
	if mode == filemode.Submodule {
		return l.submodule(ctx, at, n)
	}
	if mode == filemode.Dir {
		return l.load(ctx, at, n, n.id, depth+1)
	}
	return nil
}

// measure finds a blob's size, and whether it is an LFS pointer (they are
// between 100 and 1024 bytes long, says git-lfs' specification).
func (l *loader) measure(at layer, n *node) error {
	size, pointer, ok := at.sizes.get(n.id)
	if !ok {
		var err error
		if size, err = at.read.size(n.id); err != nil {
			return err
		}
		if size > 100 && size < 1024 {
			text, err := at.read.text(n.id, int64(len(pointerPrefix)))
			if err != nil {
				return err
			}
			pointer = bytes.Equal(text, []byte(pointerPrefix))
		}
		at.sizes.put(n.id, size, pointer)
	}
	if n.size = size; !pointer {
		return nil
	}
	text, err := at.read.text(n.id, maxPointer)
	if err != nil {
		return err
	}
	p, ok := parsePointer(text)
	if !ok {
		return slipway.Errorf(slipway.CodeInvalid, "%q is a pointer into git LFS of a kind that Slipway does not know", n.path).
			WithHint("write it again with `git lfs` as it is today, without extensions, or commit the file itself")
	}
	at.lfs.add(n, p)
	return nil
}

// badName says why no checkout could have an entry of this name.
func badName(name string) string {
	switch {
	case name == "", name == ".", name == "..", strings.EqualFold(name, ".git"):
		return "has a name that git itself refuses"
	case strings.ContainsAny(name, "/\x00"):
		return "has a slash or a NUL in its name"
	case len(name) > 255:
		return "has a name of more than 255 bytes"
	case !utf8.ValidString(name):
		return "has a name that is not UTF-8"
	}
	return ""
}

func badLink(text []byte) string {
	switch {
	case len(text) == 0:
		return "is empty"
	case len(text) > maxLinkText:
		return "is longer than any path"
	case bytes.IndexByte(text, 0) >= 0:
		return "has a NUL in its target"
	case !utf8.Valid(text):
		return "has a target that is not UTF-8"
	}
	return ""
}

func entryError(dir *node, name, why string) error {
	return slipway.Errorf(slipway.CodeInvalid, "the entry %q of the directory %q %s", name, dir.path, why).
		WithHint("rename it in the repository")
}

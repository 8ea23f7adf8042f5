package source

import (
	"io/fs"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
)

// maxLinks is Linux' own limit of links in one path (path_resolution(7)).
const maxLinks = 40

// follow finds what a path means in a checkout: symbolic links are followed
// as long as they stay inside the tree. One that leaves it is an Error of
// code invalid, a circle is one as well, and what is not there is
// fs.ErrNotExist.
func (t *Tree) follow(name string) (*node, error) {
	return t.walk(name, true)
}

// lstat is follow, but for the last name of the path.
func (t *Tree) lstat(name string) (*node, error) {
	return t.walk(name, false)
}

func (t *Tree) walk(name string, last bool) (*node, error) {
	todo := parts(name)
	at := []*node{t.root}
	links := 0
	for len(todo) > 0 {
		part := todo[0]
		todo = todo[1:]
		here := at[len(at)-1]
		if part == ".." {
			at = at[:len(at)-1] // escapes was asked: never above the root
			continue
		}
		if !here.mode.IsDir() {
			return nil, fs.ErrNotExist
		}
		if err := here.from.list(here); err != nil {
			return nil, err
		}
		n := here.child(part)
		switch {
		case n == nil:
			return nil, fs.ErrNotExist
		case n.mode&fs.ModeSymlink == 0 || (len(todo) == 0 && !last):
			at = append(at, n)
			continue
		}
		if links++; links > maxLinks {
			return nil, slipway.Errorf(slipway.CodeInvalid, "the symbolic link %q goes round in a circle", n.path)
		}
		if strings.HasPrefix(n.link, "/") || above(len(at)-1, n.link) {
			return nil, slipway.Errorf(slipway.CodeInvalid, "the symbolic link %q points outside the repository, to %q", n.path, n.link).
				WithHint("put the file into the repository, or point the link at something inside it")
		}
		todo = append(parts(n.link), todo...)
	}
	return at[len(at)-1], nil
}

// above tells whether a relative path leaves the tree when it starts depth
// directories below the root.
func above(depth int, link string) bool {
	for part := range strings.SplitSeq(link, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return true
			}
		default:
			depth++
		}
	}
	return false
}

func parts(name string) []string {
	var list []string
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "." {
			list = append(list, part)
		}
	}
	return list
}

// find is follow or lstat for io/fs, with its errors.
func (t *Tree) find(op, name string, last bool) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	find := t.lstat
	if last {
		find = t.follow
	}
	n, err := find(path.Clean(name))
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return n, nil
}

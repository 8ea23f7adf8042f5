package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/slipway-ci/slipway"
)

// lfsForgotten refuses a directory's files that are still pointers, as in a
// clone by a git without git-lfs. Only where some .gitattributes speaks of LFS
// are small files looked into.
func (t *Tree) lfsForgotten(files map[string]*node) error {
	if _, onDisk := t.root.from.(*disk); !onDisk || !t.speaksOfLFS(files) {
		return nil
	}
	for _, n := range files {
		if !n.mode.IsRegular() || n.size <= 100 || n.size >= maxPointer {
			continue
		}
		start, err := beginning(n, int64(len(pointerPrefix)))
		if err != nil {
			return err
		}
		if bytes.Equal(start, []byte(pointerPrefix)) {
			return slipway.Errorf(slipway.CodeInvalid, "%q is a pointer into git LFS, not the file itself", n.path).
				WithHint("run `git lfs pull` in the directory, or build the repository by its URL")
		}
	}
	return nil
}

func (t *Tree) speaksOfLFS(files map[string]*node) bool {
	top, err := t.lstat(".gitattributes")
	if err == nil && mentionsLFS(top) {
		return true
	}
	for _, n := range files {
		if n.name == ".gitattributes" && mentionsLFS(n) {
			return true
		}
	}
	return false
}

func mentionsLFS(n *node) bool {
	if n.mode&fs.ModeType != 0 {
		return false
	}
	text, err := beginning(n, mib)
	return err == nil && bytes.Contains(text, []byte("filter=lfs"))
}

// beginning reads at most so many bytes of a file.
func beginning(n *node, most int64) (data []byte, err error) {
	r, err := n.from.open(n)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(io.LimitReader(r, most))
}

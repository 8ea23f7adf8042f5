package source

import (
	"crypto/sha1" //nolint:gosec // git's object ids
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
)

// linkID is the blob id of a symbolic link, whose content is its target.
func linkID(target string) plumbing.Hash {
	return plumbing.ComputeHash(plumbing.BlobObject, []byte(target))
}

// blobID reads a file and gives the id that git would.
func blobID(n *node) (id plumbing.Hash, err error) {
	r, err := n.from.open(n)
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	sum := sha1.New() //nolint:gosec // git's object ids
	fmt.Fprintf(sum, "blob %d\x00", n.size)
	size, err := io.Copy(sum, r)
	if err != nil {
		return id, err
	}
	if size != n.size {
		return id, changed(n.path)
	}
	return plumbing.Hash(sum.Sum(nil)), nil
}

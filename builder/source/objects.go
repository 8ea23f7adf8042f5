package source

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's object ids
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/slipway-ci/slipway"
)

// objects is the object store of one mirror, as the nodes of one commit read
// it. go-git's handle is not made for several goroutines, so one at a time
// looks things up; large blobs are then streamed side by side.
type objects struct {
	mirror  *mirror
	mu      sync.Mutex
	storage *filesystem.Storage
}

// Sizes above these are no honest tree or commit, and would be held in memory.
const (
	maxTreeObject   = 64 * mib
	maxCommitObject = 4 * mib
	maxLinkText     = 4096 // PATH_MAX
)

// list is store's: a commit's nodes are complete.
func (o *objects) list(*node) error { return nil }

// open is store's: the bytes are checked against the id.
func (o *objects) open(n *node) (io.ReadCloser, error) {
	r, err := o.blob(n.id)
	if err != nil {
		return nil, o.damaged(n.path, err)
	}
	sum := sha1.New() //nolint:gosec // git's object ids
	fmt.Fprintf(sum, "blob %d\x00", n.size)
	return &checked{ReadCloser: r, n: n, o: o, sum: sum}, nil
}

func (o *objects) blob(id plumbing.Hash) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	blob, err := o.storage.EncodedObject(plumbing.BlobObject, id)
	if err != nil {
		return nil, err
	}
	return blob.Reader()
}

// text reads a blob that must be small.
func (o *objects) text(id plumbing.Hash, limit int64) (data []byte, err error) {
	r, err := o.blob(id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	data, err = io.ReadAll(io.LimitReader(r, limit))
	return bytes.Clone(data), err
}

func (o *objects) size(id plumbing.Hash) (int64, error) { return o.storage.EncodedObjectSize(id) }

func (o *objects) tree(id plumbing.Hash) (*object.Tree, error) {
	tree, err := o.storage.EncodedObject(plumbing.TreeObject, id) // above the storage's threshold it is not read yet
	if err != nil || tree.Size() > maxTreeObject {
		return nil, errors.Join(err, tooLarge(err == nil, "the tree", id))
	}
	return object.DecodeTree(o.storage, tree)
}

// commit reads a commit, or the one that an annotated tag leads to.
func (o *objects) commit(id plumbing.Hash) (*object.Commit, error) {
	for range 10 { // tags of tags
		size, err := o.size(id)
		if err != nil || size > maxCommitObject {
			return nil, errors.Join(err, tooLarge(err == nil, "the commit", id))
		}
		tag, err := object.GetTag(o.storage, id)
		if err != nil {
			break
		}
		id = tag.Target
	}
	return object.GetCommit(o.storage, id)
}

func tooLarge(is bool, what string, id plumbing.Hash) error {
	if !is {
		return nil
	}
	return slipway.Errorf(slipway.CodeLimit, "%s %s is larger than any real one", what, id).WithClass(slipway.ClassLimit)
}

// damaged condemns the mirror and says so.
func (o *objects) damaged(name string, err error) error {
	o.mirror.condemn()
	return unavailablef("the local copy of %q is damaged", name).
		WithHint("try again: the repository is then fetched anew").Because(err)
}

// checked compares what was read with the id when it ends.
type checked struct {
	io.ReadCloser
	n   *node
	o   *objects
	sum hash.Hash
}

// Read is io.Reader's.
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && !bytes.Equal(c.sum.Sum(nil), c.n.id[:]) {
		return n, c.o.damaged(c.n.path, errors.New("content and id differ"))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = c.o.damaged(c.n.path, err)
	}
	return n, err
}

package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/moby/patternmatcher"

	"github.com/slipway-ci/slipway"
)

// Hash identifies the inputs: files and directories of the tree, "." or an
// empty list for all of it. It covers path, mode and blob id of every file in
// them, and of whatever links in them lead to inside the tree, so a commit and
// a directory with the same files have the same hash; times do not matter. An
// input that is not there is part of the hash as that. Inputs that begin with
// ! are patterns of files to leave out (moby/patternmatcher, as BuildKit's file
// sync has them), wherever they stand in the list. Inputs that are kept in git
// LFS are fetched here, and stand in the hash as their pointers. 64 hex digits.
func (t *Tree) Hash(inputs []string) (string, error) {
	if err := t.exact(); err != nil {
		return "", err
	}
	inputs, except, err := split(inputs)
	if err != nil {
		return "", err
	}
	c := collection{t: t, except: except, files: map[string]*node{}, absent: map[string]bool{}, within: map[string]patternmatcher.MatchInfo{}}
	for _, input := range inputs {
		if !fs.ValidPath(path.Clean(input)) {
			return "", slipway.Errorf(slipway.CodeUsage, "the input %q is not below the tree's root", input)
		}
		if err := c.add(path.Clean(input)); err != nil {
			return "", err
		}
	}
	if err := errors.Join(t.lfsForgotten(c.files), lfsNeeded(c.files)); err != nil {
		return "", err
	}
	return c.sum(), nil
}

// split takes the exceptions out of a list of inputs. No name left means the
// whole tree.
func split(inputs []string) (names []string, except *patternmatcher.PatternMatcher, err error) {
	var patterns []string
	for _, input := range inputs {
		if pattern, ok := strings.CutPrefix(input, "!"); ok {
			patterns = append(patterns, pattern)
			continue
		}
		names = append(names, input)
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	if except, err = patternmatcher.New(patterns); err != nil {
		return nil, nil, slipway.Errorf(slipway.CodeUsage, "the patterns of inputs to leave out, %q, cannot be read", patterns).Because(err)
	}
	return names, except, nil
}

// collection gathers what a hash is taken over.
type collection struct {
	t      *Tree
	except *patternmatcher.PatternMatcher
	files  map[string]*node // files and links by path
	dirs   []string         // directories that are in files as a whole
	absent map[string]bool
	within map[string]patternmatcher.MatchInfo // what except says of directories
}

func (c *collection) add(name string) error {
	for _, dir := range c.dirs {
		if dir == "." || name == dir || strings.HasPrefix(name, dir+"/") {
			return nil
		}
	}
	n, err := c.t.lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.absent[name] = true
		return nil
	case err != nil:
		return err
	case !n.mode.IsDir():
		return c.file(n)
	}
	c.dirs = append(c.dirs, n.path)
	return c.t.each(n, func(kid *node) error {
		if kid.mode.IsDir() {
			return nil
		}
		return c.file(kid)
	})
}

// file adds a file, and what it leads to where it is a link: bytes that are
// read through it decide the image as well.
func (c *collection) file(n *node) error {
	if c.files[n.path] != nil {
		return nil
	}
	if out, err := c.leftOut(n.path); err != nil || out {
		return err
	}
	c.files[n.path] = n
	if n.mode&fs.ModeSymlink == 0 {
		return nil
	}
	to, err := c.t.walk(n.path, true)
	if err != nil {
		return nil //nolint:nilerr // it dangles, circles or leaves the tree: its text is all there is
	}
	return c.add(to.path)
}

// leftOut tells whether a file is one of the exceptions, as BuildKit's file
// sync does: each directory is held against the patterns once, and not again
// for every file below it.
func (c *collection) leftOut(name string) (bool, error) {
	above, err := c.above(path.Dir(name))
	if err != nil {
		return false, err
	}
	out, _, err := c.except.MatchesUsingParentResults(name, above)
	return out, err
}

func (c *collection) above(dir string) (found patternmatcher.MatchInfo, err error) {
	found, known := c.within[dir]
	if known || dir == "." {
		return found, nil
	}
	above, err := c.above(path.Dir(dir))
	if err != nil {
		return found, err
	}
	_, found, err = c.except.MatchesUsingParentResults(dir, above)
	c.within[dir] = found
	return found, err
}

func (c *collection) sum() string {
	names := make([]string, 0, len(c.files)+len(c.absent))
	for name := range c.files {
		names = append(names, name)
	}
	for name := range c.absent {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		if n := c.files[name]; n != nil {
			fmt.Fprintf(h, "%d:%s %s %s\n", len(name), name, n.gitMode(), n.id)
			continue
		}
		fmt.Fprintf(h, "%d:%s absent\n", len(name), name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

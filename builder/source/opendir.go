package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
)

// openDir gives the working tree that a directory belongs to.
func (s *Sources) openDir(ctx context.Context, loc Location) (*Tree, error) {
	dir, err := realDir(loc.Dir)
	if err != nil {
		return nil, err
	}
	top, rules, err := workTree(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, unreadable(top, err)
	}
	below, err := filepath.Rel(top, dir)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	n := &node{name: ".", path: ".", mode: fs.ModeDir | 0o755}
	d := &disk{root: root, tally: tally{limits: s.config.Limits}, scopes: map[*node]*scope{n: rules}}
	n.from = d
	t := &Tree{root: n, origin: loc.Dir, subdir: path.Join(filepath.ToSlash(below), loc.Subdir), closers: []func() error{root.Close}}
	t.revision = sync.OnceValue(func() slipway.Revision { return workRevision(top, rules.git) })
	t.exact = s.hasher(ctx, t, top)
	if loc.Subdir != "" {
		if err := t.checkSubdir(loc); err != nil {
			return nil, errors.Join(err, t.Close())
		}
	}
	return t, nil
}

func realDir(name string) (string, error) {
	fi, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", slipway.Errorf(slipway.CodeNotFound, "there is no directory %q", name).
			WithHint("check the spelling; a repository is given as a URL, for instance https://host/team/name.git")
	case err != nil:
		return "", unreadable(name, err)
	case !fi.IsDir():
		return "", slipway.Errorf(slipway.CodeUsage, "%q is a file, not a directory", name).
			WithHint("give the directory it is in")
	}
	dir, err := filepath.Abs(name)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", unreadable(name, err)
	}
	return dir, nil
}

// workTree finds the repository that dir is part of, and which files are its.
// A directory that the repository ignores is not part of it.
func workTree(dir string) (top string, rules *scope, err error) {
	for top = dir; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			break
		}
		if top == filepath.Dir(top) {
			return dir, &scope{}, nil
		}
	}
	rules, err = scopeOf(top, ".")
	if err != nil {
		return "", nil, slipway.Errorf(slipway.CodeInvalid, "the git repository at %q cannot be read", top).
			WithHint("`git status` in it may say more; a copy of the directory outside git can be built as well").Because(err)
	}
	if top != dir && rules.ignores(top, dir) {
		return dir, &scope{}, nil
	}
	return top, rules, nil
}

// ignores tells whether dir, below top, is ignored.
func (s *scope) ignores(top, dir string) bool {
	below, err := filepath.Rel(top, dir)
	if err != nil {
		return false
	}
	rules, at := s, "."
	for _, part := range parts(filepath.ToSlash(below)) {
		if text, err := os.ReadFile(filepath.Join(top, at, ".gitignore")); err == nil {
			rules = rules.with(at, text)
		}
		if at = path.Join(at, part); !rules.includes(at, true) {
			return true
		}
	}
	return false
}

// hasher gives the function that lists and hashes everything, once. What it
// found out is remembered for the next time.
func (s *Sources) hasher(ctx context.Context, t *Tree, top string) func() error {
	var mu sync.Mutex
	done := false
	return func() error {
		mu.Lock()
		defer mu.Unlock()
		if done {
			return nil
		}
		if err := t.hashAll(ctx, s.statFile(top)); err != nil {
			return err
		}
		done = true
		return nil
	}
}

// statFile is the cache of one directory.
func (s *Sources) statFile(top string) string {
	if s.config.StatCache == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(top))
	return s.config.StatCache + "-" + hex.EncodeToString(sum[:8])
}

func (t *Tree) hashAll(ctx context.Context, file string) error {
	started := time.Now()
	known := loadStat(file)
	var todo []*node
	fresh := statCache{}
	err := t.each(t.root, func(n *node) error {
		if !n.mode.IsRegular() {
			return ctx.Err()
		}
		if e, ok := known[n.path]; ok && e.seen == n.seen {
			n.id = e.id
			fresh[n.path] = e
		} else {
			todo = append(todo, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := hashFiles(ctx, todo); err != nil {
		return err
	}
	if len(todo) == 0 && len(fresh) == len(known) {
		return nil
	}
	for _, n := range todo {
		fresh[n.path] = statEntry{seen: n.seen, id: n.id}
	}
	_ = fresh.save(file, started) // a cache: it costs time only
	return nil
}

func hashFiles(ctx context.Context, todo []*node) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	const batch = 64
	for len(todo) > 0 {
		some := todo[:min(batch, len(todo))]
		todo = todo[len(some):]
		group.Go(func() error {
			for _, n := range some {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				id, err := blobID(n)
				if err != nil {
					return err
				}
				n.id = id
			}
			return nil
		})
	}
	return group.Wait()
}

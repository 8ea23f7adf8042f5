package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	billy "github.com/go-git/go-billy/v5/osfs"
	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/gofrs/flock"

	"github.com/slipway-ci/slipway"
)

// maxKept is how many commits a mirror keeps before it is made anew: its size
// and number of packs stay bounded without a garbage collection, which would
// take packs away from builds that read them.
const maxKept = 256

// mirror is one generation of the bare repository that keeps the objects of
// the commits fetched so far. A damaged or full one is not mended but left to
// those who read it, and a new generation begun.
type mirror struct {
	base   string // path without the generation
	number int
	fetch  *flock.Flock // held by the one process that changes the mirror
	use    *flock.Flock // shared by everybody who reads this generation
}

// openMirror finds or makes the newest generation and takes both locks.
func openMirror(ctx context.Context, base string) (*mirror, error) {
	if err := os.MkdirAll(base, 0o700); err != nil {
		return nil, diskError(base, err)
	}
	m := &mirror{base: base, fetch: flock.New(filepath.Join(base, "lock"))}
	if _, err := m.fetch.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, slipway.Errorf(slipway.CodeBusy, "another fetch of the same repository does not end").
			WithHint("try again later").Because(err)
	}
	numbers, err := m.generations()
	if err == nil {
		if m.number = 1; len(numbers) > 0 {
			m.number = numbers[len(numbers)-1]
		}
		if _, err := os.Stat(m.damagedPath(m.number)); err == nil {
			m.number++
		}
		m.sweep(numbers)
		err = m.begin()
	}
	if err != nil {
		_ = m.fetch.Unlock()
		return nil, diskError(base, err)
	}
	return m, nil
}

func (m *mirror) generations() ([]int, error) {
	list, err := os.ReadDir(m.base)
	var numbers []int
	for _, entry := range list {
		if n, err := strconv.Atoi(entry.Name()); err == nil && entry.IsDir() {
			numbers = insertSorted(numbers, n)
		}
	}
	return numbers, err
}

func insertSorted(list []int, n int) []int {
	i := len(list)
	for i > 0 && list[i-1] > n {
		i--
	}
	return append(list[:i], append([]int{n}, list[i:]...)...)
}

// sweep removes the generations before this one that nobody reads any more.
func (m *mirror) sweep(numbers []int) {
	for _, n := range numbers {
		if n >= m.number {
			continue
		}
		use := flock.New(m.usePath(n))
		if free, err := use.TryLock(); err != nil || !free {
			continue
		}
		if os.RemoveAll(m.dirOf(n)) == nil {
			_ = os.Remove(m.damagedPath(n))
			_ = os.Remove(m.usePath(n))
		}
		_ = use.Unlock()
	}
}

func (m *mirror) begin() error {
	m.use = flock.New(m.usePath(m.number))
	if err := m.use.RLock(); err != nil {
		return err
	}
	_, err := git.PlainOpen(m.dir())
	if err == nil {
		return nil
	}
	if err := os.RemoveAll(m.dir()); err != nil {
		return err
	}
	_, err = git.PlainInit(m.dir(), true)
	return err
}

// renew begins the next generation, empty.
func (m *mirror) renew() error {
	if err := m.use.Unlock(); err != nil {
		return err
	}
	m.number++
	if err := m.begin(); err != nil {
		return diskError(m.base, err)
	}
	numbers, err := m.generations()
	if err == nil {
		m.sweep(numbers)
	}
	return nil
}

func (m *mirror) dir() string              { return m.dirOf(m.number) }
func (m *mirror) dirOf(n int) string       { return filepath.Join(m.base, strconv.Itoa(n)) }
func (m *mirror) usePath(n int) string     { return filepath.Join(m.base, strconv.Itoa(n)+".use") }
func (m *mirror) keepPath(s string) string { return filepath.Join(m.dir(), "refs", "keep", s) }

func (m *mirror) damagedPath(n int) string { return filepath.Join(m.base, strconv.Itoa(n)+".damaged") }

// condemn makes the next fetch begin a new generation.
func (m *mirror) condemn() { _ = os.WriteFile(m.damagedPath(m.number), nil, 0o600) }

// has tells whether a fetch of this commit ended well.
func (m *mirror) has(sha string) bool {
	_, err := os.Stat(m.keepPath(sha))
	return err == nil
}

// full tells whether it is time for a new generation.
func (m *mirror) full() bool {
	list, err := os.ReadDir(filepath.Join(m.dir(), "refs", "keep"))
	return err == nil && len(list) >= maxKept
}

// storage opens the object store. Each tree opens its own: a handle does not
// see packs that came after it.
func (m *mirror) storage() *filesystem.Storage { return m.open(false) }

// loading is storage for one goroutine that looks everything up at once: it
// keeps the packs open, and must be closed.
func (m *mirror) loading() *filesystem.Storage { return m.open(true) }

func (m *mirror) open(keep bool) *filesystem.Storage {
	return filesystem.NewStorageWithOptions(billy.New(m.dir()), cache.NewObjectLRU(16*cache.MiByte),
		filesystem.Options{LargeObjectThreshold: mib, KeepDescriptors: keep})
}

// keep marks a commit as there, whole.
func (m *mirror) keep(sha string) error {
	name := plumbing.ReferenceName("refs/keep/" + sha)
	return m.storage().SetReference(plumbing.NewHashReference(name, plumbing.NewHash(sha)))
}

// release lets others fetch; the mirror can still be read.
func (m *mirror) release() error { return m.fetch.Unlock() }

// close ends the reading as well.
func (m *mirror) close() error { return errors.Join(m.fetch.Unlock(), m.use.Unlock()) }

func diskError(path string, err error) error {
	return unavailablef("the directory of mirrors cannot be used").
		WithHint("check the space and the permissions of %s", path).Because(err)
}

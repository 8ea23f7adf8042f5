package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// lockWait is how long an engine of the same directory that is ending may
// take. The kernel lets go of a killed daemon's lock only when the last of its
// threads is gone, some milliseconds after it has vanished from sight.
const lockWait = 2 * time.Second

// awaitLock returns when no daemon holds the directory any more, and refuses
// with CodeBusy when one keeps it: an earlier daemon is never adopted, its
// sessions and its gate are gone.
func (c *Config) awaitLock(ctx context.Context) error {
	path := filepath.Join(c.Dir, "buildkitd.lock") // BuildKit v0.34.2, cmd/buildkitd/main.go
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	tick := time.NewTicker(readyInterval)
	defer tick.Stop()
	for {
		held, err := isLocked(path)
		if err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "the lock of %s cannot be read", c.Dir).Because(err)
		}
		if !held {
			return nil
		}
		select {
		case <-ctx.Done():
			return slipway.Errorf(slipway.CodeBusy, "another build engine is using %s", c.Dir).
				WithHint("wait for it to end, or choose another data directory")
		case <-tick.C:
		}
	}
}

func isLocked(path string) (bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }() // which lets the lock go
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

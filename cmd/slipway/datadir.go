package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/slipway-ci/slipway"
)

// dataDir is the one directory that holds everything; one process at a time
// owns it.
type dataDir struct {
	path string
	lock *os.File // nil while not owned
}

// dataDir finds the directory: --data, SLIPWAY_DATA, else below the user's
// state directory (XDG base directory specification 0.8).
func (a *app) dataDir() (*dataDir, error) {
	path := a.global.data
	if path == "" {
		state := a.getenv("XDG_STATE_HOME")
		if home := a.getenv("HOME"); state == "" && home != "" {
			state = filepath.Join(home, ".local", "state")
		}
		if state == "" {
			return nil, slipway.Errorf(slipway.CodeUsage, "there is no place for the data directory: neither HOME nor XDG_STATE_HOME is set").
				WithHint("pass --data DIR")
		}
		path = filepath.Join(state, "slipway")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the data directory %s cannot be found", path).Because(err)
	}
	return &dataDir{path: path}, nil
}

func (d *dataDir) join(parts ...string) string {
	return filepath.Join(append([]string{d.path}, parts...)...)
}

// own takes the lock, or says which process has it. The kernel releases it
// however the process ends.
func (d *dataDir) own() error {
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return slipway.Errorf(slipway.CodeUsage, "the data directory %s cannot be made", d.path).
			WithHint("pass --data DIR with a directory that you may write").Because(err)
	}
	f, err := os.OpenFile(d.join("lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return slipway.Errorf(slipway.CodeUsage, "the data directory %s cannot be written", d.path).Because(err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer f.Close() //nolint:errcheck // only read
		return slipway.Errorf(slipway.CodeBusy, "the data directory %s is in use by process %s", d.path, holder(f)).
			WithHint("wait for it to end, keep one `slipway up` running that all builds share, or pass another --data DIR")
	}
	if err != nil {
		_ = f.Close()
		return slipway.Errorf(slipway.CodeUsage, "the data directory %s cannot be locked", d.path).
			WithHint("it must be on a local file system").Because(err)
	}
	_ = f.Truncate(0)
	_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	d.lock = f
	return nil
}

// release gives the lock back.
func (d *dataDir) release() {
	if d.lock != nil {
		_ = d.lock.Close()
		d.lock = nil
	}
}

// holder reads which process wrote itself into the lock file.
func holder(f *os.File) string {
	b := make([]byte, 20)
	n, _ := f.ReadAt(b, 0)
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return pid
	}
	return "unknown"
}

package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/slipway-ci/slipway"
)

// cgroup is the control group that is the parent of all build steps' groups.
// Its name is a function of the engine's directory, so that an engine finds
// what a killed one of the same directory left.
type cgroup struct {
	name      string // "" when we may not have one
	processes int64
}

// cgroupRoot is where control groups are mounted.
const cgroupRoot = "/sys/fs/cgroup"

func newCgroup(c Config) cgroup {
	if c.Rootless {
		return cgroup{}
	}
	sum := sha256.Sum256([]byte(c.Dir))
	return cgroup{name: "slipway-" + hex.EncodeToString(sum[:6]), processes: c.Limits.Processes}
}

func (g cgroup) parent() string {
	if g.name == "" {
		return ""
	}
	return "/" + g.name
}

// hierarchies are the mounted trees: one directory per controller in version 1,
// the root itself in version 2.
func (g cgroup) hierarchies() []string {
	if _, err := os.Stat(filepath.Join(cgroupRoot, "cgroup.controllers")); err == nil {
		return []string{cgroupRoot}
	}
	entries, err := os.ReadDir(cgroupRoot)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, entry := range entries {
		if entry.IsDir() { // co-mounted controllers have symlinks beside the directory
			dirs = append(dirs, filepath.Join(cgroupRoot, entry.Name()))
		}
	}
	return dirs
}

// create removes what an earlier engine left and bounds the number of
// processes: that one limit BuildKit has no setting for, and a step that forks
// without end takes the machine with it.
func (g cgroup) create() error {
	if g.name == "" {
		return nil
	}
	if err := g.remove(); err != nil {
		return err
	}
	for _, dir := range g.hierarchies() {
		if !g.countsProcesses(dir) {
			continue
		}
		own := filepath.Join(dir, g.name)
		if err := os.Mkdir(own, 0o755); err != nil && !errors.Is(err, fs.ErrExist) { //nolint:gosec // the kernel's own mode for it
			return g.failed(own, err)
		}
		limit := filepath.Join(own, "pids.max")
		if err := os.WriteFile(limit, []byte(strconv.FormatInt(g.processes, 10)), 0o600); err != nil {
			return g.failed(limit, err)
		}
		return nil
	}
	return g.failed(cgroupRoot, errors.New("no pids controller is mounted"))
}

// countsProcesses tells whether groups in this directory have the pids
// controller, switching it on in version 2.
func (g cgroup) countsProcesses(dir string) bool {
	if dir != cgroupRoot {
		return filepath.Base(dir) == "pids"
	}
	control := filepath.Join(dir, "cgroup.subtree_control")
	return os.WriteFile(control, []byte("+pids"), 0o600) == nil
}

func (g cgroup) failed(path string, err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "the control group %s cannot be set up", path).
		WithHint("`slipway doctor` checks the control groups").WithClass(slipway.ClassPlatform).Because(err)
}

// removeWait bounds how long the kernel may take to empty a group whose
// processes have been killed.
const removeWait = 5 * time.Second

// remove deletes the group and what is below it in every hierarchy. A group
// whose killed processes are still being reaped is busy, so it tries again.
func (g cgroup) remove() error {
	if g.name == "" {
		return nil
	}
	deadline := time.Now().Add(removeWait)
	for _, dir := range g.hierarchies() {
		own := filepath.Join(dir, g.name)
		for err := removeTree(own); err != nil; err = removeTree(own) {
			if time.Now().After(deadline) {
				return g.failed(own, err)
			}
			<-time.After(readyInterval)
		}
	}
	return nil
}

// removeTree removes directories, deepest first: a control group's files
// cannot be deleted and go with it.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		if err := removeTree(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

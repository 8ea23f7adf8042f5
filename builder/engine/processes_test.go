package engine_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// processes gives the ids of the processes whose command line holds text.
func processes(t *testing.T, text string) []int {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var ids []int
	for _, path := range lines {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		if strings.Contains(strings.ReplaceAll(string(line), "\x00", " "), text) {
			id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			ids = append(ids, id)
		}
	}
	return slices.DeleteFunc(ids, func(id int) bool { return id == os.Getpid() })
}

func parentOf(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "PPid:"); found {
			return int(number(t, strings.TrimSpace(value)))
		}
	}
	t.Fatalf("process %d has no parent", pid)
	return 0
}

// eventually waits for a condition, at most for limit.
func eventually(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	begin := time.Now()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		if time.Since(begin) > limit {
			t.Errorf("%s: not after %s", what, limit)
			return
		}
		<-tick.C
	}
}

// daemonOf gives the id of the daemon that serves dir.
func daemonOf(t *testing.T, dir string) int {
	t.Helper()
	ids := processes(t, "--config "+dir)
	if len(ids) != 1 {
		t.Fatalf("the daemon of %s is %v", dir, ids)
	}
	return ids[0]
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// expectNoRuncState looks for containers of ours in the directory that every
// runc of a machine shares.
func expectNoRuncState(t *testing.T, dir string) {
	t.Helper()
	states, err := filepath.Glob("/run/runc/*/state.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range states {
		state, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(state), dir) {
			t.Errorf("runc's state is left: %s", path)
		}
	}
}

// cgroups gives the control groups of the engine in dir, in every hierarchy.
func cgroups(t *testing.T, dir string) []string {
	t.Helper()
	sum := sha256.Sum256([]byte(dir)) // as the engine names them
	name := "slipway-" + hex.EncodeToString(sum[:6])
	var dirs []string
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		found, err := filepath.Glob(pattern + name)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, found...)
	}
	return dirs
}

package container

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Program gives the path of the program that runs under the image's init, or
// of process 1 when nothing runs under it; "" when that cannot be seen.
func (c *Container) Program() string {
	all := processes()
	first, ok := initOf(all, c.process.cmd.Process.Pid)
	if !ok {
		return ""
	}
	for _, pid := range slices.Sorted(maps.Keys(all)) {
		if all[pid].parent == first {
			first = pid
			break
		}
	}
	exe, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(first), "exe"))
	if err != nil {
		return ""
	}
	return exe
}

// entryOf is what proc_pid_status(5) says of a process.
type entryOf struct {
	parent int
	ids    []string // in each namespace that it is in, the outermost first
}

// initOf gives process 1 of the namespace that is one deeper than that of the
// sandbox, whose own process 1 is given.
func initOf(all map[int]entryOf, sandbox int) (int, bool) {
	depth := len(all[sandbox].ids) + 1
	for pid, p := range all {
		if len(p.ids) == depth && p.ids[depth-1] == "1" && descends(all, pid, sandbox) {
			return pid, true
		}
	}
	return 0, false
}

func descends(all map[int]entryOf, pid, from int) bool {
	for range all { // a chain is not longer than there are processes
		if pid == from {
			return true
		}
		pid = all[pid].parent
	}
	return false
}

func processes() map[int]entryOf {
	all := map[int]entryOf{}
	files, _ := filepath.Glob("/proc/[0-9]*/status") // the pattern is sound
	for _, file := range files {
		raw, err := os.ReadFile(file)
		pid, notNumber := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || notNumber != nil {
			continue // it has ended
		}
		all[pid] = readStatus(string(raw))
	}
	return all
}

func readStatus(text string) entryOf {
	var e entryOf
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "PPid":
			e.parent, _ = strconv.Atoi(strings.TrimSpace(value))
		case "NSpid":
			e.ids = strings.Fields(value)
		}
	}
	return e
}

//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reach is how long a build may take to get to its compiler on a busy machine.
const reach = 2 * time.Minute

// TestKill ends the daemon, then the program itself, politely and not, in the
// middle of a compile. Nothing is left, and the next build works.
func TestKill(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	w := newWorld(t)
	slow := slowService(t)
	t.Run("a second build without up", func(t *testing.T) {
		first := w.start(t, "build", slow, "--service", "shop/slow")
		first.until(t, "a compiler runs", reach, func() bool { return w.compiles(t) })
		o := w.run(t, "build", slow, "--service", "shop/other")
		want := fmt.Sprintf("slipway: the data directory %s is in use by process %d", w.data, first.cmd.Process.Pid)
		if o.code != 75 || !strings.Contains(o.stderr, want) || !strings.Contains(o.stderr, "hint: ") {
			t.Errorf("exit code %d, want 75, and %q in:\n%s", o.code, want, o.stderr)
		}
		t.Run("kill -9 of buildkitd", func(t *testing.T) { killDaemon(t, w, first) })
	})
	t.Run("kill -9 of slipway", func(t *testing.T) {
		p := w.start(t, "build", slow, "--service", "shop/slow")
		p.until(t, "a compiler runs", reach, func() bool { return w.compiles(t) })
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.done
		nothingLeft(t, w)
	})
	t.Run("Ctrl-C", func(t *testing.T) { interrupt(t, w, slow, syscall.SIGINT) })
	t.Run("SIGTERM", func(t *testing.T) { interrupt(t, w, slow, syscall.SIGTERM) })
	t.Run("the next build works", func(t *testing.T) {
		dir := sample(t, "stdlib", filepath.Join(t.TempDir(), "stdlib"))
		if r := w.build(t, dir, "--service", "shop/stdlib"); r.Known || r.Image.Digest == "" {
			t.Errorf("built %+v", r)
		}
		nothingLeft(t, w)
	})
}

func killDaemon(t *testing.T, w *world, p *process) {
	t.Helper()
	pid := w.daemon(t)
	if pid == 0 {
		t.Fatal("there is no buildkitd to kill")
	}
	if len(w.traces(t)) == 0 {
		t.Fatal("a running build leaves no trace, so the search for what is left cannot work")
	}
	said := len(p.stderr.String())
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	o := p.wait(t)
	after := o.stderr[said:]
	t.Logf("slipway then said:\n%s", after)
	if n := strings.Count("\n"+after, "\nslipway: "); o.code != 75 || n != 1 {
		t.Errorf("exit code %d with %d sentences, want 75 and one:\n%s", o.code, n, after)
	}
	nothingLeft(t, w)
}

// nothingLeft waits until no process of w's and no mount below its directory
// is there. Two seconds are the bar; it fails only far above it, since machines
// differ.
func nothingLeft(t *testing.T, w *world) {
	t.Helper()
	begun := time.Now()
	if !eventually(10*time.Second, func() bool { return len(w.traces(t)) == 0 }) {
		t.Errorf("left after ten seconds:\n%s", strings.Join(w.traces(t), "\n"))
		return
	}
	t.Logf("nothing was left after %s", time.Since(begun).Round(time.Millisecond))
}

// traces gives a line for each process that has w's directory mounted, open
// as its root or on its command line. A mount that everybody sees shows in
// this process' own table.
func (w *world) traces(t *testing.T) (lines []string) {
	t.Helper()
	for _, pid := range processes(t) {
		proc := filepath.Join("/proc", strconv.Itoa(pid))
		mounts, _ := os.ReadFile(filepath.Join(proc, "mountinfo"))
		command, _ := os.ReadFile(filepath.Join(proc, "cmdline"))
		root, _ := os.Readlink(filepath.Join(proc, "root"))
		cwd, _ := os.Readlink(filepath.Join(proc, "cwd"))
		for what, text := range map[string]string{"mount": string(mounts), "command": string(command), "root": root, "directory": cwd} {
			if strings.Contains(text, w.data) {
				lines = append(lines, fmt.Sprintf("%s of process %d (%s)", what, pid, comm(pid)))
			}
		}
	}
	return lines
}

// compiles tells whether Go's compiler runs in one of w's steps.
func (w *world) compiles(t *testing.T) bool {
	t.Helper()
	for _, pid := range processes(t) {
		if comm(pid) != "compile" {
			continue
		}
		mounts, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "mountinfo"))
		if strings.Contains(string(mounts), w.data) {
			return true
		}
	}
	return false
}

// daemon gives the id of w's buildkitd, 0 when there is none.
func (w *world) daemon(t *testing.T) int {
	t.Helper()
	for _, pid := range processes(t) {
		command, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		if comm(pid) == "buildkitd" && strings.Contains(string(command), w.data) {
			return pid
		}
	}
	return 0
}

func processes(t *testing.T) (pids []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// comm is the name of a process, "" when it has gone.
func comm(pid int) string {
	b, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	return strings.TrimSpace(string(b))
}

// slowService is a program that a compiler works on for long enough to be
// caught at it.
func slowService(t *testing.T) string {
	t.Helper()
	return generated(t, "slow", 24, 600)
}

// generated is a program of so many packages with so many functions each.
func generated(t *testing.T, name string, packages, functions int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	write(t, filepath.Join(dir, "go.mod"), "module example.com/"+name+"\n\ngo 1.26\n")
	var imports, calls strings.Builder
	for p := range packages {
		var src strings.Builder
		fmt.Fprintf(&src, "package p%d\n\n", p)
		for f := range functions {
			fmt.Fprintf(&src, "func F%d(a, b []int) (n int) {\n\tfor i, x := range a {\n\t\tfor j, y := range b {\n\t\t\tswitch {\n"+
				"\t\t\tcase x > y+%d:\n\t\t\t\tn += a[(i*%d+j)%%len(a)] * b[j]\n\t\t\tcase x < y:\n\t\t\t\tn ^= x<<3 | y>>1\n\t\t\t}\n\t\t}\n\t}\n\treturn n\n}\n\n", f, f, f+3)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("p%d", p), "p.go"), src.String())
		fmt.Fprintf(&imports, "\t\"example.com/%s/p%d\"\n", name, p)
		fmt.Fprintf(&calls, "\tfmt.Println(p%d.F0([]int{1}, []int{2}))\n", p)
	}
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\n"+imports.String()+")\n\nfunc main() {\n"+calls.String()+"}\n")
	return dir
}

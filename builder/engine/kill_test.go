package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/engine"
)

// ownerArgument makes this test binary a program that has an engine and a step
// in it, to be killed.
const ownerArgument = "engine-owner"

// gone is how long a killed step may still be seen.
const gone = time.Second

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

func TestKills(t *testing.T) {
	needRoot(t)
	t.Parallel()
	program := probe(t)
	for _, victim := range []string{"daemon", "init", "closed"} {
		t.Run(victim, func(t *testing.T) { t.Parallel(); killInside(t, victim, program) })
	}
}

// killInside kills a part of a running engine of this process.
func killInside(t *testing.T, victim, program string) {
	t.Helper()
	c := config(t)
	c.Limits.Grace = time.Second
	e := start(t, c)
	marker := "kill-" + victim + "-" + strconv.Itoa(os.Getpid())
	printed, solved := make(chan string, 64), make(chan error, 1)
	go func() {
		_, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"wait " + marker}}, printed)
		solved <- err
	}()
	waitPrinted(t, printed, solved, marker)
	daemon := daemonOf(t, c.Dir)
	begin := time.Now()
	switch victim {
	case "daemon":
		kill(t, daemon)
	case "init":
		kill(t, parentOf(t, daemon))
	case "closed":
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	<-e.Done()
	t.Logf("%s: Done after %s", victim, time.Since(begin).Round(time.Millisecond))
	if err := e.Err(); victim != "closed" && slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("Err = %v, want CodeUnavailable", err)
	}
	if err := <-solved; err == nil {
		t.Error("the solve did not fail")
	}
	expectNothingLeft(t, c, marker, begin)
	expectWorks(t, c, program)
}

func waitPrinted(t *testing.T, printed <-chan string, solved <-chan error, marker string) {
	t.Helper()
	for {
		select {
		case text := <-printed:
			if strings.Contains(text, "waiting "+marker) {
				return
			}
		case err := <-solved:
			t.Fatalf("the step ended early: %v", err)
		case <-time.After(time.Minute):
			t.Fatal("the step did not begin")
		}
	}
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// expectNothingLeft looks for processes, mounts and control groups.
func expectNothingLeft(t *testing.T, c engine.Config, marker string, since time.Time) {
	t.Helper()
	eventually(t, gone, "the step is gone", func() bool { return len(processes(t, "wait "+marker)) == 0 })
	eventually(t, gone, "the daemon is gone", func() bool { return len(processes(t, "--config "+c.Dir)) == 0 })
	t.Logf("step and daemon gone %s after the kill", time.Since(since).Round(time.Millisecond))
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), c.Dir) {
		t.Errorf("mounts are left:\n%s", mounts)
	}
}

func expectNoCgroups(t *testing.T, before []string) {
	t.Helper()
	for _, dir := range cgroups(t) {
		if !slices.Contains(before, dir) {
			t.Errorf("the control group %s is left", dir)
		}
	}
}

func cgroups(t *testing.T) []string {
	t.Helper()
	var dirs []string
	for _, pattern := range []string{"/sys/fs/cgroup/slipway-*", "/sys/fs/cgroup/*/slipway-*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, found...)
	}
	return dirs
}

// expectWorks starts an engine where one was killed and runs a step.
func expectWorks(t *testing.T, c engine.Config, program string) {
	t.Helper()
	e := start(t, c)
	if _, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the next build: %v", err)
	}
}

// TestKilledOwner kills the whole program that has the engine. It does not run
// beside others, because it looks at all control groups.
func TestKilledOwner(t *testing.T) {
	needRoot(t)
	before := cgroups(t)
	program := probe(t)
	c := config(t)
	marker := "kill-owner-" + strconv.Itoa(os.Getpid())
	arguments, err := json.Marshal(map[string]string{"Dir": c.Dir, "Run": c.Run, "Buildkitd": c.Buildkitd, "Probe": program, "Marker": marker})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "/proc/self/exe", ownerArgument, string(arguments))
	output := &syncBuffer{}
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "the step runs", func() bool { return strings.Contains(output.String(), "waiting "+marker) })
	begin := time.Now()
	kill(t, command.Process.Pid)
	eventually(t, gone, "the step is gone", func() bool { return len(processes(t, "/probe wait "+marker)) == 0 })
	eventually(t, gone, "the daemon is gone", func() bool { return len(processes(t, "--config "+c.Dir)) == 0 })
	t.Logf("step and daemon gone %s after the owner was killed", time.Since(begin).Round(time.Millisecond))
	_ = command.Wait() // killed, as asked
	e := start(t, c)
	if _, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the next build: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	expectNoCgroups(t, before)
	if states, err := filepath.Glob("/run/runc/*"); err == nil && len(states) > 0 {
		t.Logf("runc's shared directory holds %v, of other daemons", states)
	}
}

// owner is the program of TestKilledOwner. It ends only when it is killed or
// something went wrong, which it then prints.
func owner(text string) {
	var a struct{ Dir, Run, Buildkitd, Probe, Marker string }
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		fmt.Println(err)
		return
	}
	e, err := engine.Start(context.Background(), engine.Config{
		Dir: a.Dir, Run: a.Run, Buildkitd: a.Buildkitd, Self: []string{"/proc/self/exe", initArgument},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	printed := make(chan string, 64)
	go func() {
		for text := range printed {
			fmt.Println(text)
		}
	}()
	_, err = runStep(context.Background(), e, step{probe: a.Probe, attempts: []string{"wait " + a.Marker}}, printed)
	fmt.Println(err)
}

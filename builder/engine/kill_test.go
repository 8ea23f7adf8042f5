package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
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
	expectStepGone(t, c, marker, begin)
	<-e.Done()
	t.Logf("%s: Done after %s", victim, time.Since(begin).Round(time.Millisecond))
	if err := e.Err(); victim != "closed" && slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("Err = %v, want CodeUnavailable", err)
	}
	if err := <-solved; err == nil {
		t.Error("the solve did not fail")
	}
	expectNothingLeft(t, c)
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

// expectStepGone waits for the end of the step and the daemon.
func expectStepGone(t *testing.T, c engine.Config, marker string, since time.Time) {
	t.Helper()
	eventually(t, gone, "the step is gone", func() bool { return len(processes(t, "/probe wait "+marker)) == 0 })
	eventually(t, gone, "the daemon is gone", func() bool { return len(processes(t, "--config "+c.Dir)) == 0 })
	t.Logf("step and daemon gone %s after the kill", time.Since(since).Round(time.Millisecond))
}

// expectNothingLeft looks for mounts, control groups and runc's state.
func expectNothingLeft(t *testing.T, c engine.Config) {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), c.Dir) {
		t.Errorf("mounts are left:\n%s", mounts)
	}
	if left := cgroups(t, c.Dir); len(left) > 0 {
		t.Errorf("control groups are left: %v", left)
	}
	expectNoRuncState(t, c.Dir)
}

// expectWorks starts an engine where one was killed and runs a step.
func expectWorks(t *testing.T, c engine.Config, program string) {
	t.Helper()
	e := start(t, c)
	if _, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the next build: %v", err)
	}
}

// TestKilledOwner kills the whole program that has the engine.
func TestKilledOwner(t *testing.T) {
	needRoot(t)
	t.Parallel()
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
	expectStepGone(t, c, marker, begin)
	_ = command.Wait() // killed, as asked
	e := start(t, c)
	if _, err := runStep(t.Context(), e, step{probe: program, attempts: []string{"direct 198.51.100.1:80"}}, nil); err != nil {
		t.Errorf("the next build: %v", err)
	}
	if len(cgroups(t, c.Dir)) == 0 {
		t.Error("the running engine has no control group, so that none is left shows nothing")
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if left := cgroups(t, c.Dir); len(left) > 0 {
		t.Errorf("control groups are left: %v", left)
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

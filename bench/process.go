package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// command is a program that is run to its end.
type command struct {
	dir   string
	env   []string // added to the bench's own, without its SLIPWAY_ variables
	stdin []byte
	args  []string
}

// patience is how long a program that was asked to end may take.
const patience = 20 * time.Second

// run gives what the program wrote on standard output and how long the whole
// process took, from before its start until it was gone.
func (c command) run(ctx context.Context) ([]byte, time.Duration, error) {
	cmd := prepare(ctx, c)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begun := time.Now()
	err := cmd.Run()
	took := time.Since(begun)
	if err != nil {
		return nil, took, fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, tail(slices.Concat(stdout.Bytes(), stderr.Bytes())))
	}
	return stdout.Bytes(), took, nil
}

func prepare(ctx context.Context, c command) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(environment(), c.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	if c.stdin != nil {
		cmd.Stdin = bytes.NewReader(c.stdin)
	}
	return cmd
}

// environment is the bench's own without what would make Slipway measure
// something else.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SLIPWAY_") {
			env = append(env, v)
		}
	}
	return env
}

// tail is the last lines of a program's complaints.
func tail(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

package assemble

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/slipway-ci/slipway"
)

// tries is how often something that needs the network is tried.
const tries = 3

// command is a program of this machine that fetches something.
type command struct {
	step    string // that its output is logged as
	program string
	args    []string
	dir     string
	env     []string // added to this process's own, which has the machine's settings
}

// run runs the program, logs what it writes to stderr and gives its stdout.
// When it ends with an error, the last lines are the error's details.
func (c command) run(ctx context.Context, log *serialLog) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.program, c.args...)
	cmd.Dir = c.dir
	cmd.Env = append(cmd.Environ(), c.env...)
	cmd.WaitDelay = 10 * time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // apt and mmdebstrap then clean up
	var stdout, tail bytes.Buffer
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = &stdout, io.MultiWriter(&tail, writer)
	logged := make(chan struct{})
	go func() {
		defer close(logged)
		log.copyLines(c.step, reader)
	}()
	err := cmd.Run()
	_ = writer.Close()
	<-logged
	if err == nil {
		return stdout.Bytes(), nil
	}
	return nil, c.failed(ctx, err, stdout.String()+tail.String())
}

func (c command) failed(ctx context.Context, err error, output string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, exec.ErrNotFound) {
		return slipway.Errorf(slipway.CodeUsage, "%s, which makes stack images, is not on this machine", c.program).
			WithHint("install it: on Debian and Ubuntu, the packages mmdebstrap and golang").Because(err)
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return slipway.Errorf(slipway.CodeUnavailable, "%s for %s ended with an error", c.program, c.step).
		WithHint("the lines below say what it could not reach or find").
		WithDetails(lines[max(0, len(lines)-10):]...).WithClass(slipway.ClassPlatform).Because(err)
}

// persist runs something that needs the network again when it fails, after
// 2, then about 4 seconds. What no second try can mend fails at once.
func persist(ctx context.Context, log *serialLog, step string, run func() error) error {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = 2 * time.Second
	wait.Multiplier = 2
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := run()
		if code := slipway.ErrorCode(err); err != nil && code != slipway.CodeUnavailable {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(tries), backoff.WithNotify(func(err error, after time.Duration) {
		log.line(step, err.Error()+"; trying again in "+after.Round(time.Second).String())
	}))
	if permanent, ok := errors.AsType[*backoff.PermanentError](err); ok {
		return permanent.Err
	}
	return err
}

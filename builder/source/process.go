package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// process is a child that touches bytes of a foreign server.
type process struct {
	argv  []string
	env   []string
	stdin io.Reader
}

// maxOutput bounds a child's answer: a list of references, of which a large
// monorepo has some 10 MiB.
const maxOutput = 64 * mib

// failure is a child that did not do its work.
type failure struct {
	stderr string
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// run runs a child in a process group of its own under the limits and kills
// the whole group when ctx ends. It is run from a locked thread: the kernel
// sends Pdeathsig when the thread that started the child ends, not the process.
func (l Limits) run(ctx context.Context, p process) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	out := &capped{limit: maxOutput, full: stop}
	errs := &capped{limit: 64 << 10, full: func() {}}
	cmd := exec.CommandContext(ctx, p.argv[0], p.argv[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = p.env, p.stdin, out, errs, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the program %s of the fetch cannot be started", p.argv[0]).Because(err)
	}
	limited := l.restrict(cmd.Process.Pid)
	if limited != nil {
		stop()
	}
	err := cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what the child left behind, if anything
	switch {
	case limited != nil && !errors.Is(limited, unix.ESRCH):
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the limits of a fetch cannot be set").Because(limited)
	case out.over:
		return nil, slipway.Errorf(slipway.CodeLimit, "the server's list of references is larger than %d MiB", maxOutput/mib)
	case err != nil:
		return nil, &failure{stderr: strings.ToValidUTF8(errs.String(), "?"), err: err}
	}
	return out.Bytes(), nil
}

// restrict sets the limits that the child and its children inherit. They are
// set from outside, in the first instant of the child's life. RLIMIT_DATA and
// not RLIMIT_AS: git maps whole packs, Go reserves far more than it uses.
func (l Limits) restrict(pid int) error {
	for resource, value := range map[int]int64{
		unix.RLIMIT_DATA: l.Memory, unix.RLIMIT_FSIZE: l.FetchBytes, unix.RLIMIT_CORE: 0,
	} {
		limit := unix.Rlimit{Cur: uint64(value), Max: uint64(value)} //nolint:gosec // limits are not negative
		if err := unix.Prlimit(pid, resource, &limit, nil); err != nil {
			return fmt.Errorf("limit %d of process %d: %w", resource, pid, err)
		}
	}
	return nil
}

// capped keeps what is written up to a limit, then calls full once.
type capped struct {
	bytes.Buffer
	limit int
	full  func()
	over  bool
}

// Write is io.Writer's; it never fails, so that the child goes on.
func (c *capped) Write(p []byte) (int, error) {
	if room := c.limit - c.Len(); len(p) > room {
		c.Buffer.Write(p[:max(room, 0)])
		if !c.over {
			c.over = true
			c.full()
		}
		return len(p), nil
	}
	return c.Buffer.Write(p)
}

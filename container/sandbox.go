package container

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/slipway-ci/slipway"
)

// systemPath is where the few system programs that are needed lie; a
// person's own PATH may lack the sbin folders.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// entry waits until the namespaces are set up, gives the process namespace
// the /proc that fits it, and becomes the command. The kernel forgets the
// parent-death signal where a process gains capabilities (commit_creds,
// kernel/cred.c), as in a user namespace whose ids were not mapped at first,
// so it is set once more, and only then the word to go on is waited for:
// when this process is gone by then, the pipe ends and so does the script.
const entry = `read -r _ <&3 && mount -t proc proc /proc &&
	exec setpriv --pdeathsig KILL sh -c 'echo ready >&4 && exec 4>&- && read -r _ <&3 && exec 3<&- && exec "$@"' sh "$@"`

// process is a command to run as the first process of new namespaces:
// process ids, mounts, network, and without root users as well. When it or
// this process ends, all that it started ends.
type process struct {
	args           []string
	stdout, stderr io.Writer
	network        bool // bring the loopback up
}

// sandboxed is a started process.
type sandboxed struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of cmd.Wait; read after done
}

// startSandboxed starts p. Cancelling ctx afterwards changes nothing.
func startSandboxed(ctx context.Context, p process) (*sandboxed, error) {
	gate, open, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = open.Close() }()
	ready, tell, err := os.Pipe()
	if err != nil {
		_ = gate.Close()
		return nil, err
	}
	defer func() { _ = ready.Close() }()
	s := &sandboxed{cmd: command(context.WithoutCancel(ctx), p, gate, tell), done: make(chan struct{})}
	started := make(chan error)
	go s.run(started)
	err = <-started
	_, _ = gate.Close(), tell.Close() // the child has its own
	if err != nil {
		return nil, noNamespaces(err)
	}
	if err := s.setUp(ctx, p.network); err != nil {
		s.Kill()
		return nil, err
	}
	if err := letGo(open, ready); err != nil {
		s.Kill()
		return nil, noNamespaces(err)
	}
	return s, nil
}

// letGo walks entry through its two gates.
func letGo(open io.StringWriter, ready io.Reader) error {
	if _, err := open.WriteString("on\n"); err != nil {
		return err
	}
	if _, err := io.ReadFull(ready, make([]byte, 1)); err != nil {
		return errors.New("/proc cannot be mounted in them")
	}
	_, err := open.WriteString("on\n")
	return err
}

func noNamespaces(err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "new namespaces cannot be made on this machine").
		WithHint("run as root, or allow unprivileged user namespaces (`slipway doctor` says how)").Because(err)
}

func command(ctx context.Context, p process, files ...*os.File) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", entry, "slipway-container"}, p.args...)...)
	cmd.Env = []string{"PATH=" + systemPath}
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	cmd.ExtraFiles = files
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:       true, // a Ctrl-C at the terminal is ours to pass on
		Pdeathsig:    syscall.SIGKILL,
		Cloneflags:   syscall.CLONE_NEWPID | syscall.CLONE_NEWNET,
		Unshareflags: syscall.CLONE_NEWNS, // as an unshare, Go makes the mounts private
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
	}
	return cmd
}

// run starts the command and waits on one thread that stays alive for as
// long: the parent-death signal follows the thread, not the process
// (prctl(2), PR_SET_PDEATHSIG).
func (s *sandboxed) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := s.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	s.err = s.cmd.Wait()
	close(s.done)
}

func (s *sandboxed) setUp(ctx context.Context, network bool) error {
	pid := s.cmd.Process.Pid
	if os.Geteuid() != 0 {
		return setUpRootless(ctx, pid, network)
	}
	if network {
		return loopbackUp(pid)
	}
	return nil
}

// Wait waits for the end and gives exec.Cmd's error.
func (s *sandboxed) Wait() error {
	<-s.done
	return s.err
}

// Kill ends everything in the namespaces and returns when it has ended.
func (s *sandboxed) Kill() {
	_ = s.cmd.Process.Kill() // fails only when it has ended
	<-s.done
}

package container

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"github.com/slipway-ci/slipway"
)

// systemPath is where the few system programs that are needed lie; a
// person's own PATH may lack the sbin folders.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// entry waits until the namespaces are set up, gives the process namespace
// the /proc that fits it, and becomes the command.
const entry = `read -r _ <&3 && exec 3<&- && mount -t proc proc /proc && exec "$@"`

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
	defer gate.Close()
	defer open.Close()
	s := &sandboxed{cmd: command(context.WithoutCancel(ctx), p, gate), done: make(chan struct{})}
	started := make(chan error)
	go s.run(started)
	if err := <-started; err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "new namespaces cannot be made on this machine").
			WithHint("run as root, or allow unprivileged user namespaces (`slipway doctor` says how)").Because(err)
	}
	if err := s.setUp(ctx, p.network); err != nil {
		s.Kill()
		return nil, err
	}
	if _, err := open.WriteString("go\n"); err != nil {
		s.Kill()
		return nil, err
	}
	return s, nil
}

func command(ctx context.Context, p process, gate *os.File) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", entry, "slipway-container"}, p.args...)...) //nolint:gosec // a fixed script; args are its "$@"
	cmd.Env = []string{"PATH=" + systemPath}
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	cmd.ExtraFiles = []*os.File{gate}
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

func (s *sandboxed) proc(name string) string {
	return "/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/" + name
}

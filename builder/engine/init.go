package engine

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Exit statuses of Init, beside the daemon's own.
const (
	exitSetup  = 70 // the namespace could not be made ready
	exitOrphan = 71 // whoever started us is gone
	exitSignal = 128
)

// gateInside is where the gate answers in the sealed network.
const gateInside = "127.0.0.1:3128"

// Init is the first process of the engine's namespaces: the program calls it
// very early when it was started with [Config.Self]. It makes the namespaces
// ready, starts the daemon, reaps orphans, passes SIGTERM on, and gives the
// status to exit with when the daemon has ended. When the process that started
// it is gone, it gives a status at once; as it is process 1, the kernel then
// ends everything else in the namespace.
func Init(_ ...string) int {
	ctl, err := inheritedControl()
	if err != nil {
		return exitSetup
	}
	defer func() { _ = ctl.conn.Close() }()
	var o order
	if _, err := ctl.receive(&o); err != nil {
		return exitSetup
	}
	if o.Again {
		// A process that was started before its ids were mapped has no
		// capabilities; one that root of the namespace starts has them all.
		_ = unix.Exec("/proc/self/exe", os.Args, []string{"PATH=" + searchPath})
		return exitSetup
	}
	pid, listener, err := o.carryOut()
	if err != nil {
		_ = ctl.send(report{Problem: err.Error()}, nil) // nobody to tell when this fails
		return exitSetup
	}
	if err := ctl.send(report{}, listener); err != nil {
		return exitSetup
	}
	if listener != nil {
		_ = listener.Close() // the parent has it now
	}
	return attend(ctl, pid)
}

// inheritedControl opens the control socket and leaves its descriptor in place
// for when we run ourselves again; the daemon does not get it.
func inheritedControl() (control, error) {
	copied, err := unix.FcntlInt(controlFD, unix.F_DUPFD_CLOEXEC, controlFD+1)
	if err != nil {
		return control{}, err
	}
	return controlFrom(os.NewFile(uintptr(copied), "control"))
}

// carryOut prepares the namespaces and starts the daemon.
func (o order) carryOut() (int, *os.File, error) {
	unix.CloseOnExec(controlFD)
	if err := privateMounts(o.Runc); err != nil {
		return 0, nil, err
	}
	listener, err := o.listen()
	if err != nil {
		return 0, nil, err
	}
	pid, err := o.startDaemon()
	if err != nil && listener != nil {
		err = errors.Join(err, listener.Close())
	}
	return pid, listener, err
}

// listen gives the socket for the gate, and none on the host's network.
func (o order) listen() (*os.File, error) {
	if o.Listen == "" {
		return nil, nil //nolint:nilnil // no socket is wanted
	}
	if err := loopbackUp(); err != nil {
		return nil, err
	}
	return listenFile(o.Listen)
}

func (o order) startDaemon() (int, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer func() { _ = null.Close() }()
	process, err := os.StartProcess(o.Argv[0], o.Argv, &os.ProcAttr{
		Env: o.Env, Dir: "/", Files: []*os.File{null, os.Stdout, os.Stderr},
		Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, err
	}
	return process.Pid, nil
}

// attend waits for the daemon's end or the parent's, whichever comes first.
func attend(ctl control, pid int) int {
	ended, orphaned := make(chan int, 1), make(chan struct{})
	term := make(chan os.Signal, 1)
	signal.Notify(term, unix.SIGTERM, unix.SIGINT)
	go func() { ended <- reap(pid) }()
	go func() {
		_, _ = ctl.receive(&order{}) // nothing more is ever sent: this returns when the parent is gone
		close(orphaned)
	}()
	for {
		select {
		case status := <-ended:
			return status
		case <-orphaned:
			return exitOrphan
		case <-term:
			_ = unix.Kill(pid, unix.SIGTERM) // already gone: reap says so
		}
	}
}

// reap collects every child, adopted ones too, until pid itself has ended.
func reap(pid int) int {
	for {
		var status unix.WaitStatus
		got, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return exitSetup
		case got == pid && status.Signaled():
			return exitSignal + int(status.Signal())
		case got == pid && status.Exited():
			return status.ExitStatus()
		}
	}
}

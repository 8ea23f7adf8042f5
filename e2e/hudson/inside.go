package hudson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Exit statuses of Init.
const (
	exitSetup  = 70 // the namespaces could not be made ready
	exitOrphan = 71 // who started us is gone, or wants the end
	exitEnded  = 72 // Hudson ended by itself
)

// outsideFD is the socket that whoever started us listens on.
const outsideFD = 3

// order is what Init is told, as JSON on its standard input. What comes after
// it is nothing: that the input is open says that Hudson is wanted.
type order struct {
	Argv  []string       `json:"argv"`
	Env   []string       `json:"env"`
	Reach map[int]string `json:"reach"` // port of this loopback -> Unix socket
}

// Init is the first process of Hudson's namespaces: the program calls it very
// early when it was started with [Config.Self]. It gives the status to exit
// with; as it is process 1, the kernel then ends everything else inside.
func Init() int {
	var o order
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		return exitSetup
	}
	orphaned, ended := make(chan struct{}), make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // returns at its end only
		close(orphaned)
	}()
	pid, err := o.carryOut()
	if err != nil {
		fmt.Fprintln(os.Stderr, "hudson:", err)
		return exitSetup
	}
	go func() {
		reap(pid)
		close(ended)
	}()
	select {
	case <-orphaned:
		return exitOrphan
	case <-ended:
		return exitEnded
	}
}

// carryOut prepares the namespaces and starts Hudson in them.
func (o order) carryOut() (int, error) {
	unix.CloseOnExec(outsideFD)
	if err := mounts(); err != nil {
		return 0, err
	}
	if err := loopbackUp(); err != nil {
		return 0, fmt.Errorf("bringing lo up: %w", err)
	}
	for port, path := range o.Reach {
		ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			return 0, err
		}
		go relay(ln, "unix", path)
	}
	outside, err := net.FileListener(os.NewFile(outsideFD, "outside"))
	if err != nil {
		return 0, err
	}
	go relay(outside, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	return o.start()
}

func (o order) start() (int, error) {
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

// mounts gives /proc of the new PID namespace, seen in here alone.
func mounts() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	return nil
}

// loopbackUp brings the only network device up.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// reap collects every child, adopted ones too, until pid itself has ended.
func reap(pid int) {
	for {
		got, err := unix.Wait4(-1, nil, 0, nil)
		if err != nil && !errors.Is(err, unix.EINTR) || got == pid {
			return
		}
	}
}

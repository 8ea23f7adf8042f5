package container

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// loopbackUp switches the loopback interface of the process's network on.
func loopbackUp(pid int) error {
	ns, err := netns.GetFromPid(pid)
	if err != nil {
		return fmt.Errorf("network of the container: %w", err)
	}
	defer func() { _ = ns.Close() }()
	handle, err := netlink.NewHandleAt(ns)
	if err != nil {
		return fmt.Errorf("network of the container: %w", err)
	}
	defer handle.Close()
	lo, err := handle.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("loopback of the container: %w", err)
	}
	if err := handle.LinkSetUp(lo); err != nil {
		return fmt.Errorf("loopback of the container: %w", err)
	}
	return nil
}

// Dial connects to a TCP port that the program listens on, on the loopback
// of the container's own network. It fails as net.Dial does while nobody
// listens (without root, the connection ends at once instead), and when the
// container has ended.
func (c *Container) Dial(ctx context.Context, port int) (net.Conn, error) {
	select {
	case <-c.process.done:
		return nil, fmt.Errorf("connect to port %d: the container has ended", port)
	default:
	}
	if os.Geteuid() != 0 {
		return dialRootless(ctx, c.process.cmd.Process.Pid, port)
	}
	type result struct {
		conn net.Conn
		err  error
	}
	dialed := make(chan result, 1)
	go func() {
		conn, err := dialIn(ctx, c.process.cmd.Process.Pid, port)
		dialed <- result{conn, err}
	}()
	r := <-dialed
	return r.conn, r.err
}

// dialIn dials on a thread that it moves into the process's network. The
// address is a literal one, so that Go dials it on this very thread. The
// thread is never unlocked: it ends with the goroutine instead of coming
// back among the others in a strange network.
func dialIn(ctx context.Context, pid, port int) (net.Conn, error) {
	runtime.LockOSThread()
	ns, err := netns.GetFromPid(pid)
	if err != nil {
		return nil, fmt.Errorf("network of the container: %w", err)
	}
	defer func() { _ = ns.Close() }()
	if err := netns.Set(ns); err != nil {
		return nil, fmt.Errorf("network of the container: %w", err)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

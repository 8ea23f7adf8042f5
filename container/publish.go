package container

import (
	"context"
	"io"
	"net"
	"sync"
)

// Publish listens on a free port of the host's loopback and forwards each
// connection to port in the container, until Close. It gives the address,
// "127.0.0.1:PORT".
func (c *Container) Publish(ctx context.Context, port int) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.closers = append(c.closers, listener)
	c.mu.Unlock()
	go c.serve(context.WithoutCancel(ctx), listener, port)
	return listener.Addr().String(), nil
}

func (c *Container) serve(ctx context.Context, listener net.Listener, port int) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			defer func() { _ = conn.Close() }()
			inside, err := c.Dial(ctx, port)
			if err != nil {
				return // the caller sees the connection close, as with a dead server
			}
			defer func() { _ = inside.Close() }()
			both(conn, inside)
		}()
	}
}

// both copies in both directions and returns when both have ended.
func both(a, b net.Conn) {
	var wait sync.WaitGroup
	wait.Go(func() { relay(a, b) })
	wait.Go(func() { relay(b, a) })
	wait.Wait()
}

// relay copies and then ends the writing side, where there are sides.
func relay(to io.WriteCloser, from io.Reader) {
	_, _ = io.Copy(to, from) // an end is an end, however it came
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = to.Close()
}

//go:build e2e

package e2e_test

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// gate is the way to a server, open or not.
type gate struct {
	address string
	behind  string
	state   atomic.Int32 // 0 open, 1 it closes connections, 2 it answers 503

	mu   sync.Mutex
	open map[net.Conn]bool
}

// openGate listens on a free address and hands connections on.
func openGate(t *testing.T, behind string) *gate {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{address: ln.Addr().String(), behind: behind, open: map[net.Conn]bool{}}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			done.Go(func() { g.pass(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		g.cut()
		done.Wait()
	})
	return g
}

// shut sets the state; what is under way ends with it.
func (g *gate) shut(state int) {
	g.state.Store(int32(state))
	if state != 0 {
		g.cut()
	}
}

func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.open {
		_ = c.Close()
	}
}

// keep remembers a connection until it is given up.
func (g *gate) keep(c net.Conn) (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[c] = true
	return func() {
		_ = c.Close()
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.open, c)
	}
}

func (g *gate) pass(c net.Conn) {
	defer g.keep(c)()
	switch g.state.Load() {
	case 1:
		return
	case 2:
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	s, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", g.behind)
	if err != nil {
		return
	}
	defer g.keep(s)()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(s, c)
		_ = s.Close()
	})
	_, _ = io.Copy(c, s)
	_ = c.Close()
	both.Wait()
}

package hudson

import (
	"io"
	"net"
)

// relay connects each who comes to ln with an address, until ln is closed. Who
// cannot be connected is hung up on.
func relay(ln net.Listener, network, address string) {
	for {
		from, err := ln.Accept()
		if err != nil {
			return
		}
		go join(from, network, address)
	}
}

func join(from net.Conn, network, address string) {
	defer func() { _ = from.Close() }()
	to, err := (&net.Dialer{}).Dial(network, address)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	done := make(chan struct{}, 2)
	go pipe(to, from, done)
	go pipe(from, to, done)
	<-done
	<-done
}

// halfCloser says that nothing more comes, and still listens.
type halfCloser interface{ CloseWrite() error }

func pipe(to, from net.Conn, done chan<- struct{}) {
	_, _ = io.Copy(to, from) // either side may hang up
	if c, ok := to.(halfCloser); ok {
		_ = c.CloseWrite()
	}
	done <- struct{}{}
}

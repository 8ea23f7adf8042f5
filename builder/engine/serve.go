package engine

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/netutil"
)

// gateServer serves a gate at the engine's socket.
type gateServer struct {
	gate    *Gate
	server  *http.Server
	cancel  context.CancelFunc
	address string
	served  chan struct{} // closed when the server has ended; nil before serve
}

// Limits of the server: a step that opens connections without end waits, and
// does not use up our file descriptors.
const (
	gateConnections = 2048
	gateHeaderBytes = 256 << 10
	gateHeaderTime  = 30 * time.Second
)

func newGateServer(gate *Gate) *gateServer {
	ctx, cancel := context.WithCancel(context.Background())
	return &gateServer{gate: gate, cancel: cancel, address: gateInside, server: &http.Server{
		Handler:           gate,
		ReadHeaderTimeout: gateHeaderTime,
		IdleTimeout:       restTimeout,
		MaxHeaderBytes:    gateHeaderBytes,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // a client that breaks off is no news
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}}
}

// serve begins to answer; it takes the listener over.
func (s *gateServer) serve(listener net.Listener) {
	s.address = listener.Addr().String()
	s.served = make(chan struct{})
	go func() {
		defer close(s.served)
		_ = s.server.Serve(netutil.LimitListener(listener, gateConnections)) // ends at close
	}()
}

// url is where the daemon finds the gate.
func (s *gateServer) url() string {
	u := url.URL{Scheme: "http", Host: s.address}
	if s.gate.password != "" {
		u.User = url.UserPassword(gateUser, s.gate.password)
	}
	return u.String()
}

// close ends the server and every tunnel.
func (s *gateServer) close() error {
	s.cancel()
	err := s.server.Close()
	if s.served != nil {
		<-s.served
	}
	s.gate.forward.closeIdle()
	return err
}

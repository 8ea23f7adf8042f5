package queue

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/slipway-ci/slipway"
)

// Config of the server inside this process.
type Config struct {
	Dir    string // of JetStream; the process has it for itself
	Listen string // HOST:PORT for workers elsewhere; "" for this process alone
	TLS    *tls.Config
	// Plain allows a listener without TLS beyond this machine's loopback:
	// something else keeps that network private.
	Plain bool
	// Authenticate says whether a worker is who it says; nil lets nobody in.
	Authenticate func(ctx context.Context, worker, password string) error
	MaxStore     int64 // bytes on disk; 0 is 256 MiB
	Log          *slog.Logger
}

const (
	maxPayload = 1 << 20
	maxStore   = 256 << 20
	maxMemory  = 16 << 20
	startTime  = 30 * time.Second
)

// Server is a NATS server inside this process.
type Server struct {
	nats   *server.Server
	secret string // of connections of this process
	log    *slog.Logger
}

// Start starts the server and waits until it takes connections. What is in
// the directory's way is CodeUnavailable.
func Start(ctx context.Context, c Config) (*Server, error) {
	s := &Server{secret: rand.Text(), log: c.Log}
	options, err := s.options(ctx, c)
	if err != nil {
		return nil, err
	}
	s.nats, err = server.NewServer(options)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the queue cannot be started").Because(err)
	}
	s.nats.SetLoggerV2(natsLog{log: c.Log}, false, false, false)
	s.nats.Start()
	if !s.nats.ReadyForConnections(startTime) || !s.nats.JetStreamEnabled() {
		s.Close()
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the queue did not come up").
			WithHint("see the log: its directory %s or its address may be in use, or the disk full", c.Dir)
	}
	return s, nil
}

func (s *Server) options(ctx context.Context, c Config) (*server.Options, error) {
	o := &server.Options{
		ServerName: "slipway-" + rand.Text()[:8], DontListen: c.Listen == "", NoSigs: true, // it would end the process
		JetStream: true, StoreDir: c.Dir, SyncAlways: true, JetStreamMaxStore: c.MaxStore, JetStreamMaxMemory: maxMemory,
		MaxPayload: maxPayload, TLSConfig: c.TLS, TLSTimeout: 10, AuthTimeout: 10,
		CustomClientAuthentication: &gatekeeper{ctx: ctx, secret: s.secret, ask: c.Authenticate, log: c.Log},
	}
	if o.JetStreamMaxStore == 0 {
		o.JetStreamMaxStore = maxStore
	}
	if c.Listen == "" {
		return o, nil
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "%q is not an address for the queue", c.Listen).WithHint("write HOST:PORT").Because(err)
	}
	if o.Port, err = strconv.Atoi(port); err != nil || o.Port < 0 || o.Port > 65535 {
		return nil, slipway.Errorf(slipway.CodeUsage, "%q is not a port for the queue", port)
	}
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	o.Host = host
	if ip := net.ParseIP(host); c.TLS == nil && !c.Plain && (ip == nil || !ip.IsLoopback()) {
		return nil, slipway.Errorf(slipway.CodeUsage, "the queue would listen on %s without TLS", c.Listen).
			WithHint("workers send their tokens over it: give it a certificate, or say that this network is private")
	}
	return o, nil
}

// URL is where workers elsewhere reach the server; "" nowhere.
func (s *Server) URL() string {
	if s.nats.Addr() == nil {
		return ""
	}
	return s.nats.ClientURL()
}

// Disconnect ends the connections of a worker, whose token may have been
// taken away; it is asked for it when it comes back.
func (s *Server) Disconnect(worker string) {
	all, err := s.nats.Connz(&server.ConnzOptions{Username: true, User: worker, Limit: 1024})
	if err != nil {
		s.log.Warn("connections of a worker were not found", slog.String("worker", worker), slog.Any("error", err))
		return
	}
	for _, c := range all.Conns {
		_ = s.nats.DisconnectClientByID(c.Cid) // gone by itself
	}
}

// Close stops the server and waits until what it has is on disk.
func (s *Server) Close() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
}

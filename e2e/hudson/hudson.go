// Package hudson runs a real Eclipse Hudson 3.3.2 for tests and the
// demonstration: the one controller of Jenkins' family that a Maven repository
// has. It opens sockets on all interfaces and runs what its jobs say, so it is
// in network and PID namespaces of its own, of which only loopback is up:
// who made it reaches it at [Server.URL], it reaches what [Config.Reach] names,
// and nothing of it outlives the process that made it.
package hudson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// User and Token open Hudson; whoever has them may do everything, and nobody
// else anything. Token is the user's password, which Hudson takes where
// Jenkins takes an API token.
const (
	User  = "demo"
	Token = "demo-token"
)

// port is Hudson's own, inside.
const port = 8080

// Config of a Hudson.
type Config struct {
	Jars    string         // directory that make/jars.sh filled
	Dir     string         // of its own, with a short name (it has sockets in it); started in it again, Hudson knows its jobs
	Listen  string         // address on this side; "" is a free port of 127.0.0.1
	Reach   map[int]string // port on Hudson's loopback -> host:port that is dialled from this side
	Plugins []string       // files of plugins
	Self    []string       // command that starts this program in such a way that it calls Init
}

// Server is a running Hudson. It is safe for concurrent use.
type Server struct {
	config  Config
	address string
	command *exec.Cmd
	life    io.Closer // the other end is Init's: it ends with it
	relays  []net.Listener
	ended   chan struct{}
	once    sync.Once
}

// Start starts Hudson and waits until it is ready. It works for root, and for
// others where the kernel lets them make user namespaces.
func Start(ctx context.Context, c Config) (*Server, error) {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", c.Listen)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, address: ln.Addr().String(), ended: make(chan struct{})}
	if err := s.spawn(ctx, ln); err != nil {
		return nil, errors.Join(fmt.Errorf("starting Hudson: %w", err), s.Close())
	}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// spawn starts Init in its namespaces and hands it the socket, which stays in
// the network that it was opened in.
func (s *Server) spawn(ctx context.Context, ln net.Listener) error {
	defer func() { _ = ln.Close() }() // Init has it
	o, err := s.order(ctx)
	if err != nil {
		return err
	}
	socket, err := ln.(*net.TCPListener).File() //nolint:forcetypeassert // it listens on tcp4
	if err != nil {
		return err
	}
	defer func() { _ = socket.Close() }()
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.command = exec.Command(s.config.Self[0], s.config.Self[1:]...) //nolint:noctx // it outlives Start's context
	s.command.Env, s.command.Dir = []string{"PATH=" + searchPath}, "/"
	s.command.Stdout, s.command.Stderr = log, log
	s.command.ExtraFiles = []*os.File{socket}
	s.command.SysProcAttr = namespaces()
	stdin, err := s.command.StdinPipe()
	if err != nil {
		return err
	}
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("its namespaces cannot be made: %w", err)
	}
	s.life = stdin
	go func() {
		_ = s.command.Wait() // the log says why it ended
		close(s.ended)
	}()
	return json.NewEncoder(stdin).Encode(o)
}

// namespaces are what Hudson has of its own. Who is not root becomes root of a
// user namespace with one user.
func namespaces() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC,
		Setsid:     true,
	}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return attr
}

// order prepares the directory and the ways out, and says what Init shall do.
func (s *Server) order(ctx context.Context) (order, error) {
	argv, err := s.config.prepare("http://" + s.address)
	if err != nil {
		return order{}, err
	}
	o := order{Argv: argv, Env: s.config.env(), Reach: map[int]string{}}
	for port, target := range s.config.Reach {
		path := filepath.Join(s.config.Dir, fmt.Sprintf("reach-%d", port))
		_ = os.Remove(path) // of a Hudson that was killed
		ln, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
		if err != nil {
			return order{}, fmt.Errorf("the way to %s: %w", target, err)
		}
		s.relays = append(s.relays, ln)
		go relay(ln, "tcp", target)
		o.Reach[port] = path
	}
	return o, nil
}

// URL is Hudson's root URL on this side, without a slash at its end. Inside it
// is another network's, and nobody answers there.
func (s *Server) URL() string { return "http://" + s.address }

// Close kills Hudson and everything that its jobs started, and waits until
// they are gone.
func (s *Server) Close() error {
	s.once.Do(func() {
		if s.life != nil {
			_ = s.life.Close() // Init ends on this
			<-s.ended
		}
		for _, ln := range s.relays {
			_ = ln.Close()
		}
	})
	return nil
}

package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/slipway-ci/slipway"
)

// Engine is a running BuildKit daemon of our own.
type Engine struct {
	config  Config
	command *exec.Cmd
	control control
	gate    *gateServer
	cgroup  cgroup
	log     *tail

	done     chan struct{}
	mu       sync.Mutex
	err      error // why it ended; set before done is closed
	leftover error // what could not be cleaned up; set before done is closed
	closing  bool
}

// Start starts an engine and returns when a client can list its workers. An
// error has CodeUnavailable, or CodeUsage when the configuration cannot work,
// or is the cause of ctx' end; nothing is left running then. The engine
// outlives ctx: use Close.
//
// Start never falls back to the host's network. When the namespaces cannot be
// made it says why, and which flag would allow that.
func Start(ctx context.Context, c Config) (*Engine, error) {
	if err := c.prepare(); err != nil {
		return nil, err
	}
	e := &Engine{config: c, done: make(chan struct{}), cgroup: newCgroup(c), log: &tail{to: c.Log}}
	limited, cancel := context.WithTimeout(ctx, c.Limits.Start)
	defer cancel()
	if err := e.start(limited); err != nil {
		return nil, interrupted(ctx, err)
	}
	if err := e.ready(limited); err != nil {
		return nil, errors.Join(interrupted(ctx, err), e.Close())
	}
	return e, nil
}

// interrupted gives what ended ctx rather than what that did to the start.
func interrupted(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// start brings everything up; what fails takes down what came before.
func (e *Engine) start(ctx context.Context) error {
	if err := e.config.awaitLock(ctx); err != nil {
		return err
	}
	if err := e.cgroup.create(); err != nil {
		return err
	}
	if err := e.config.writeFiles(e.cgroup.parent()); err != nil {
		return errors.Join(err, e.cgroup.remove())
	}
	gate, err := e.openGate(ctx)
	if err != nil {
		return errors.Join(err, e.cgroup.remove())
	}
	e.gate = gate
	if err := e.spawn(); err != nil {
		return errors.Join(err, e.gate.close(), e.cgroup.remove())
	}
	go e.supervise()
	return nil
}

// openGate makes the gate. Sealed, it has no socket yet: that one comes from
// inside. On the host's network it listens on loopback, where other users of
// the machine are, and therefore asks for a password.
func (e *Engine) openGate(ctx context.Context) (*gateServer, error) {
	gate := NewGate(e.config.Settings, e.config.Registry)
	if !e.config.HostNetwork {
		return newGateServer(gate), nil //nolint:contextcheck // it outlives Start
	}
	gate.open, gate.password = true, rand.Text()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the engine's proxy cannot listen on the loopback address").Because(err)
	}
	server := newGateServer(gate) //nolint:contextcheck // it outlives Start
	server.serve(listener)
	return server, nil
}

// supervise waits for the child's end, whatever ended it, and cleans up.
func (e *Engine) supervise() {
	err := e.command.Wait()
	_ = e.control.conn.Close() // the other end is gone
	err, leftover := e.ended(err), errors.Join(e.gate.close(), e.cgroup.remove())
	e.mu.Lock()
	e.err, e.leftover = err, leftover
	e.mu.Unlock()
	close(e.done)
}

// ended turns the child's exit into a sentence: nil when we asked for it.
func (e *Engine) ended(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing {
		return nil
	}
	return slipway.Errorf(slipway.CodeUnavailable, "the build engine ended unexpectedly").
		WithHint("run the build again; the engine's log has the reason").
		WithDetails(e.log.lines()...).WithClass(slipway.ClassPlatform).Because(err)
}

// Address is where a BuildKit client finds the engine.
func (e *Engine) Address() string { return "unix://" + e.config.socket() }

// ProxyNetwork tells whether solves need SolveOpt.ProxyNetwork: without it, a
// step in a sealed engine has no way out at all.
func (e *Engine) ProxyNetwork() bool { return !e.config.HostNetwork }

// Done is closed when the engine has ended and nothing of it is left.
func (e *Engine) Done() <-chan struct{} { return e.done }

// Err gives why the engine ended; nil while it runs and after Close.
func (e *Engine) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// Close ends the engine: SIGTERM, Limits.Grace, SIGKILL. No process, mount,
// namespace or control group of it is left when it returns nil. A solve that
// still runs uses the grace up, so cancel it first. Close may be called more
// than once, also of an engine that has ended by itself.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closing = true
	e.mu.Unlock()
	_ = e.command.Process.Signal(syscall.SIGTERM) // an error means that it is gone
	grace := time.NewTimer(e.config.Limits.Grace)
	defer grace.Stop()
	select {
	case <-e.done:
	case <-grace.C:
		_ = e.command.Process.Kill()
		<-e.done
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.leftover
}

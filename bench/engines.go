package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// engines is a running `slipway up`, or a `slipway serve`, which has none.
type engines struct {
	endpoint
	queue string        // where workers elsewhere join; "" nowhere
	ready time.Duration // from the start of the process until it said that it is up
	cmd   *exec.Cmd
	done  chan struct{} // closed when its output ended
	err   bytes.Buffer
}

// endpoint is what `up` writes for other processes of its data directory.
type endpoint struct {
	BuildKit string `json:"buildkit"`
	Registry string `json:"registry"`
	User     string `json:"user"`
	Password string `json:"password"`
	Server   string `json:"server"` // base URL of the API
	Token    string `json:"token"`  // an operator's

	RegistryPassword string `json:"registryPassword"` // for the registry's own address
}

// startEngines starts `up` in a data directory and waits until it is ready.
func (l *lab) startEngines(ctx context.Context, data string, flags ...string) (*engines, error) {
	return l.startRole(ctx, "up", data, flags...)
}

// startRole starts `up` or `serve`, which looks for no missed pushes: the
// repositories of an earlier group are gone.
func (l *lab) startRole(ctx context.Context, role, data string, flags ...string) (*engines, error) {
	args := append([]string{role, "--listen", "127.0.0.1:0", "--registry", "127.0.0.1:0", "--reconcile", "0s", "--output", "json"}, flags...)
	e := &engines{cmd: prepare(ctx, l.slipwayIn(data, args...)), done: make(chan struct{})}
	e.cmd.Stderr = &e.err
	stdout, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	var ready struct { // one value, written when everything is ready
		Queue string `json:"queue"`
	}
	err = json.NewDecoder(stdout).Decode(&ready)
	e.ready, e.queue = time.Since(begun), ready.Queue
	go func() {
		defer close(e.done)
		_, _ = io.Copy(io.Discard, stdout)
	}()
	if err == nil {
		err = e.read(filepath.Join(data, "run", "endpoint.json"))
	}
	if err != nil {
		_ = e.stop()
		return nil, fmt.Errorf("slipway %s: %w\n%s", role, err, tail(e.err.Bytes()))
	}
	return e, nil
}

func (e *engines) read(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &e.endpoint)
}

// stop asks the process to end and waits until it has.
func (e *engines) stop() error {
	if err := e.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-e.done
	err := e.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) || errors.Is(err, context.Canceled) {
		return nil // it was told to end
	}
	return err
}

// start starts the main engines unless they run.
func (l *lab) start(ctx context.Context) error {
	if l.up != nil {
		return nil
	}
	var err error
	l.up, err = l.startEngines(ctx, l.data())
	return err
}

// stop stops the main engines if they run.
func (l *lab) stop() error {
	if l.up == nil {
		return nil
	}
	err := l.up.stop()
	l.up = nil
	return err
}

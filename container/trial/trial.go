// Package trial lets the image contract run images in containers of this
// machine. It is the one place that knows both sides.
package trial

import (
	"context"
	"syscall"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway/buildpacks/contract" //nolint:depguard // see the package comment
	"github.com/slipway-ci/slipway/container"           //nolint:depguard // see the package comment
)

// Runner runs the contract's trials with runc. Options is the start of what
// each container gets.
type Runner struct {
	Options container.Options
}

var _ contract.Runner = Runner{}

// Start implements contract.Runner.
func (r Runner) Start(ctx context.Context, img v1.Image, t contract.Trial) (contract.Running, error) {
	opt := r.Options
	opt.User, opt.Env, opt.WritableRoot = t.User, t.Env, t.WritableRoot
	c, err := container.Start(ctx, img, opt)
	if err != nil {
		return nil, err
	}
	return running{c}, nil
}

type running struct{ c *container.Container }

// Get implements contract.Running.
func (r running) Get(ctx context.Context, port int, path string) (int, error) {
	return r.c.Get(ctx, port, path)
}

// Terminate implements contract.Running.
func (r running) Terminate() error { return r.c.Signal(syscall.SIGTERM) }

// Wait implements contract.Running.
func (r running) Wait(ctx context.Context) (int, error) {
	exit, err := r.c.Wait(ctx)
	return exit.Code, err
}

// Seen implements contract.Running.
func (r running) Seen() contract.Seen {
	stdout, stderr := r.c.Output()
	seen := contract.Seen{Stdout: stdout, Stderr: stderr, Files: r.c.Files(), Written: r.c.Written(), Program: r.c.Program()}
	for _, l := range r.c.Listening() {
		seen.Listening = append(seen.Listening, contract.Listener{Port: l.Port, Loopback: l.Loopback})
	}
	return seen
}

// Close implements contract.Running.
func (r running) Close() error { return r.c.Close() }

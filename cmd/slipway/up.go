package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// registryAddress is where `up` offers the embedded registry unless told
// otherwise.
const registryAddress = "127.0.0.1:5080"

func (a *app) upCommand() *cobra.Command {
	var f serverFlags
	c := &cobra.Command{
		Use:   "up",
		Short: "Start everything in one process: API, queue, worker, engines and registry",
		Long: "Receive pushes, build them and keep their images, until interrupted; a build that runs then\n" +
			"is handed back and built at the next start. `slipway build` in the same data directory\n" +
			"uses the running engines.",
		Example: "  slipway up\n  slipway up --listen 0.0.0.0:8443 --url https://slipway.example --tls-cert cert.pem --tls-key key.pem",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.configure(c.Flags(), f.config); err != nil {
				return err
			}
			if err := f.enoughSlots(); err != nil {
				return err
			}
			return a.up(c.Context(), f)
		},
	}
	a.engineFlags(c.Flags(), &f.engineFlags)
	f.roleFlags(c.Flags())
	f.controlFlags(c.Flags())
	f.workFlags(c.Flags())
	return c
}

// upView is what `slipway up --output json` prints once everything is ready.
type upView struct {
	Data     string `json:"data"`
	Server   string `json:"server"`
	Token    string `json:"token,omitempty"` // of the first start only
	Registry string `json:"registry"`
	BuildKit string `json:"buildkit"`
	Queue    string `json:"queue,omitempty"`
	PID      int    `json:"pid"`

	TokenFile string `json:"tokenFile,omitempty"` // where an operator's token is
}

func (v upView) show(w io.Writer) {
	fmt.Fprintf(w, "Slipway is up.\n  data      %s\n  server    %s\n  registry  %s\n", v.Data, v.Server, v.Registry)
	if v.BuildKit != "" {
		fmt.Fprintf(w, "  engine    %s\n", v.BuildKit)
	}
	if v.Queue != "" {
		fmt.Fprintf(w, "  queue     %s\n", v.Queue)
	}
	token := v.TokenFile
	if v.Token != "" {
		token = v.Token + "  (an operator's; kept in " + v.TokenFile + ")"
	}
	fmt.Fprintf(w, "  token     %s\n", token)
	fmt.Fprintf(w, "Build with: slipway build DIR --service TEAM/NAME    Connect a repository with: slipway service add TEAM/NAME GIT-URL --forge FORGE    (stop with Ctrl-C)\n")
}

func (a *app) up(ctx context.Context, f serverFlags) error {
	log, err := a.serviceLog(f.logFormat)
	if err != nil {
		return err
	}
	p, err := a.open(f.engineFlags)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what it cannot stop, the kernel does when this process ends
	if err := p.alone(); err != nil {
		return err
	}
	plane, err := p.openControlPlane(ctx, f, log)
	if err != nil {
		return err
	}
	defer closeTraces(ctx, plane.traces)
	defer plane.Close() //nolint:errcheck // everything that was answered is committed
	work, err := plane.localWorker(ctx)
	if err != nil {
		return err
	}
	defer work.Close() //nolint:errcheck // its connection is in this process
	view, err := p.serve(ctx, plane)
	if err != nil {
		return err
	}
	defer p.dir.removeEndpoint()
	if err := a.print(view, view.show); err != nil {
		return err
	}
	return p.live(ctx, plane, work)
}

// live works until ctx ends. The control plane ends after the worker, which
// hands back what it is at.
func (p *platform) live(ctx context.Context, plane *controlPlane, work *localWorker) error {
	answering, silence := context.WithCancel(context.WithoutCancel(ctx))
	defer silence()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan error, 1)
	go func() {
		err := plane.run(answering)
		stop(err) // nothing is of use without it
		ended <- err
	}()
	go p.sweep(ctx)
	err := together(ctx, []func(context.Context) error{p.keep, work.run})
	fmt.Fprintln(p.app.err, "slipway: stopping")
	silence()
	return errors.Join(<-ended, err)
}

// longestRestart is the longest time between two tries to start an engine.
const longestRestart = 30 * time.Second

// keep restarts an engine that ended by itself, as BuildKit can (v0.34.2
// panics when a proxied step fails in the first instants of its set-up), and
// returns when ctx ends. An engine that does not come up is tried again:
// whoever asks for builds meanwhile is told that it is away, and the rest goes
// on.
func (p *platform) keep(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.engineDone():
			p.outages.note()
			if err := p.engineError(); err != nil {
				report(p.app.err, err)
			}
			p.revive(ctx)
		}
	}
}

func (p *platform) revive(ctx context.Context) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, longestRestart) {
		err := p.restart(ctx)
		if err == nil {
			fmt.Fprintln(p.app.err, "slipway: the build engine is up again")
			return
		}
		p.outages.note()
		report(p.app.err, err)
		pause(ctx, wait)
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// restart starts the engine again, at the same address.
func (p *platform) restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine != nil {
		select {
		case <-p.engine.Done():
		default:
			return nil // somebody who builds was quicker
		}
	}
	p.engine = nil
	return p.start(ctx)
}

// serve starts the registry's listener and the engine, and says where
// everything is.
func (p *platform) serve(ctx context.Context, plane *controlPlane) (upView, error) {
	if err := plane.listenRegistry(ctx); err != nil {
		return upView{}, err
	}
	address, proxied, err := p.daemon(ctx)
	if err != nil {
		return upView{}, err
	}
	return plane.announce(endpoint{BuildKit: address, Proxied: proxied})
}

// engineDone is closed when our own engine ends; a remote one has no end here.
func (p *platform) engineDone() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine == nil {
		return nil
	}
	return p.engine.Done()
}

// engineError says why our own engine ended.
func (p *platform) engineError() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine == nil {
		return nil
	}
	return p.engine.Err()
}

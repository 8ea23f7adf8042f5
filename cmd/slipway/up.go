package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry/local"
)

// registryAddress is where `up` offers the embedded registry unless told
// otherwise.
const registryAddress = "127.0.0.1:5080"

func (a *app) upCommand() *cobra.Command {
	var flags engineFlags
	var listen string
	c := &cobra.Command{
		Use:   "up",
		Short: "Keep the embedded engines running, for every build in this data directory",
		Long: "Start the embedded registry and build engine and keep them until interrupted. Builds in\n" +
			"the same data directory then share them and start at once. The push API, the queue and\n" +
			"the page join this command in a later release.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.up(c.Context(), listen, flags) },
	}
	a.engineFlags(c.Flags(), &flags)
	c.Flags().StringVar(&listen, "registry", registryAddress, "loopback address of the embedded registry; port 0 chooses one; any wider address needs SLIPWAY_REGISTRY_PASSWORD")
	return c
}

// upView is what `slipway up --output json` prints once everything is ready.
type upView struct {
	Data     string `json:"data"`
	Registry string `json:"registry"`
	BuildKit string `json:"buildkit"`
	PID      int    `json:"pid"`
}

func (a *app) up(ctx context.Context, listen string, flags engineFlags) error {
	p, err := a.open(flags)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what it cannot stop, the kernel does when this process ends
	if p.shared != nil {
		return slipway.Errorf(slipway.CodeBusy, "`slipway up` runs already in %s, as process %d", p.dir.path, p.shared.PID).
			WithHint("builds use it by themselves; stop it first to start another")
	}
	view, err := p.serve(ctx, listen)
	if err != nil {
		return err
	}
	defer p.dir.removeEndpoint()
	go p.sweep(ctx)
	if err := a.print(view, func(w io.Writer) {
		fmt.Fprintf(w, "Slipway is up.\n  data      %s\n  registry  %s\n  engine    %s\nBuild with: slipway build DIR --service TEAM/NAME    (stop with Ctrl-C)\n", view.Data, view.Registry, view.BuildKit)
	}); err != nil {
		return err
	}
	return p.keep(ctx)
}

// keep restarts an engine that ended by itself, as BuildKit can (v0.34.2
// panics when a proxied step fails in the first instants of its set-up), and
// returns when ctx ends or the engine cannot be started again.
func (p *platform) keep(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(p.app.err, "slipway: stopping")
			return nil
		case <-p.engineDone():
			report(p.app.err, p.engine.Err())
			if err := p.restart(ctx); err != nil {
				return err
			}
			fmt.Fprintln(p.app.err, "slipway: the build engine is up again")
		}
	}
}

// restart starts the engine again, at the same address.
func (p *platform) restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.engine = nil
	return p.start(ctx)
}

// serve starts everything and says where it is.
func (p *platform) serve(ctx context.Context, listen string) (upView, error) {
	var creds *local.Credentials
	if password := p.app.getenv("SLIPWAY_REGISTRY_PASSWORD"); password != "" {
		creds = &local.Credentials{User: "slipway", Password: password}
	}
	addr, err := p.local.Listen(ctx, listen, creds)
	if err != nil {
		return upView{}, err
	}
	address, proxied, err := p.daemon(ctx)
	if err != nil {
		return upView{}, err
	}
	e := endpoint{PID: os.Getpid(), BuildKit: address, Proxied: proxied, Registry: addr.String(), User: p.creds.User, Password: p.creds.Password}
	if err := p.dir.writeEndpoint(e); err != nil {
		return upView{}, slipway.Errorf(slipway.CodeUnavailable, "the engine's address cannot be written into %s", p.dir.path).Because(err)
	}
	return upView{Data: p.dir.path, Registry: e.Registry, BuildKit: address, PID: e.PID}, nil
}

// engineDone is closed when our own engine ends; a remote one has no end here.
func (p *platform) engineDone() <-chan struct{} {
	if p.engine == nil {
		return nil
	}
	return p.engine.Done()
}

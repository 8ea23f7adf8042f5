package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway/builder/solve"
)

func (a *app) serveCommand() *cobra.Command {
	var f serverFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Start a control plane alone: API, record, queue and registry; workers join it",
		Long: "Receive pushes and hand builds to workers that joined with `slipway worker`, here or on\n" +
			"other machines. Nothing is built by this process. Several may share a record in PostgreSQL\n" +
			"and a NATS cluster: one of them dispatches, and another when that is lost.",
		Example: "  SLIPWAY_REGISTRY_PASSWORD=… slipway serve --listen 0.0.0.0:8080 --queue-listen 0.0.0.0:4222 --registry 0.0.0.0:5080 \\\n    --database postgres://slipway@db/slipway\n" +
			"  slipway serve --listen 0.0.0.0:8080 --database postgres://slipway@db/slipway --seal-key seal.key \\\n" +
			"    --queue tls://n1:4222,tls://n2:4222,tls://n3:4222 --registry-url http://control-1:5080",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := errors.Join(a.configure(c.Flags(), f.config), f.apart(c.Flags())); err != nil {
				return err
			}
			return a.serve(c.Context(), f)
		},
	}
	f.roleFlags(c.Flags())
	f.controlFlags(c.Flags())
	f.scaleFlags(c.Flags())
	return c
}

func (a *app) serve(ctx context.Context, f serverFlags) error {
	log, err := a.serviceLog(f.logFormat)
	if err != nil {
		return err
	}
	p, err := a.openControl(f, log)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // nothing is written any more
	if err := p.alone(); err != nil {
		return err
	}
	plane, err := p.openControlPlane(ctx, f, log)
	if err != nil {
		return err
	}
	defer closeTraces(ctx, plane.traces)
	defer plane.Close() //nolint:errcheck // everything that was answered is committed
	if err := plane.listenRegistry(ctx); err != nil {
		return err
	}
	view, err := plane.announce(endpoint{})
	if err != nil {
		return err
	}
	defer p.dir.removeEndpoint()
	if err := a.print(view, view.show); err != nil {
		return err
	}
	if p.local != nil {
		go p.sweep(ctx)
	}
	return plane.run(ctx)
}

// openControl owns the data directory, with a registry of its own or the way
// to another control plane's.
func (a *app) openControl(f serverFlags, log *slog.Logger) (*platform, error) {
	if f.registryURL == "" {
		return a.open(f.engineFlags)
	}
	all := solve.Credentials{User: registryUser, Password: a.getenv("SLIPWAY_REGISTRY_PASSWORD")}
	handler, err := upstream(f.registryURL, func(string) solve.Credentials { return all }, log)
	if err != nil {
		return nil, err
	}
	return a.openAs(f.engineFlags, func(p *platform) error {
		if err := p.dir.own(); err != nil {
			return err
		}
		p.dir.removeEndpoint() // of one that was killed: its lock was free
		return p.useRegistry(handler)
	})
}

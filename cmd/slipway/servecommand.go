package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) serveCommand() *cobra.Command {
	var f serverFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Start a control plane alone: API, record, queue and registry; workers join it",
		Long: "Receive pushes and hand builds to workers that joined with `slipway worker`, here or on\n" +
			"other machines. Nothing is built by this process.",
		Example: "  SLIPWAY_REGISTRY_PASSWORD=… slipway serve --listen 0.0.0.0:8080 --queue-listen 0.0.0.0:4222 --registry 0.0.0.0:5080 \\\n    --database postgres://slipway@db/slipway",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.configure(c.Flags(), f.config); err != nil {
				return err
			}
			return a.serve(c.Context(), f)
		},
	}
	f.roleFlags(c.Flags())
	f.controlFlags(c.Flags())
	return c
}

func (a *app) serve(ctx context.Context, f serverFlags) error {
	log, err := a.serviceLog(f.logFormat)
	if err != nil {
		return err
	}
	p, err := a.open(f.engineFlags)
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
	go p.sweep(ctx)
	return errors.Join(plane.run(ctx))
}

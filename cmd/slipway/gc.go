package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
)

// sweepEvery is how often a running `up` sweeps its registry. A sweep lets
// writes wait, so it is not done after every build.
const sweepEvery = 6 * time.Hour

func (a *app) gcCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "gc",
		Short: "Remove what no tag of the embedded registry leads to any more",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.gc(c.Context()) },
	}
}

func (a *app) gc(ctx context.Context) error {
	p, err := a.open(engineFlags{})
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // nothing is written any more
	if p.shared != nil {
		return slipway.Errorf(slipway.CodeBusy, "the registry in %s belongs to a running `slipway up`", p.dir.path).
			WithHint("it sweeps by itself every %s", sweepEvery)
	}
	swept, err := p.local.GC(ctx)
	if err != nil {
		return err
	}
	return a.print(swept, func(w io.Writer) {
		fmt.Fprintf(w, "removed %d blobs, %d bytes\n", swept.Blobs, swept.Bytes)
	})
}

// sweep keeps the registry of a running `up` small until ctx ends.
func (p *platform) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := p.local.GC(ctx); err != nil && ctx.Err() == nil {
				report(p.app.err, err)
			}
		}
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry/local"
)

// sweepEvery is how often a running `up` sweeps its registry. A sweep lets
// writes wait, so it is not done after every build.
const sweepEvery = 6 * time.Hour

func (a *app) gcCommand() *cobra.Command {
	policy := local.Policy{Unused: local.DefaultUnused}
	c := &cobra.Command{
		Use:   "gc",
		Short: "Remove from the embedded registry what is not needed any more",
		Long: "Remove what no tag of the embedded registry leads to, and the content images by which\n" +
			"builds of unchanged files are recognised, when no build asked for them for some time or\n" +
			"no image was made of them. Images and their layers stay as long as their tag is there.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.gc(c.Context(), policy) },
	}
	c.Flags().Var((*age)(&policy.Unused), "older-than", "remove content images that no build asked for in this time, for example 30d or 12h")
	c.Flags().BoolVar(&policy.DryRun, "dry-run", false, "remove nothing; list what would go and count its bytes")
	return c
}

func (a *app) gc(ctx context.Context, policy local.Policy) error {
	p, err := a.open(engineFlags{})
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // nothing is written any more
	if p.shared != nil {
		return slipway.Errorf(slipway.CodeBusy, "the registry in %s belongs to a running `slipway up`", p.dir.path).
			WithHint("it sweeps by itself every %s", sweepEvery)
	}
	swept, err := p.local.GC(ctx, policy)
	if err != nil {
		return err
	}
	return a.print(swept, func(w io.Writer) { describeSweep(w, swept, policy.DryRun) })
}

func describeSweep(w io.Writer, swept local.Report, dry bool) {
	verb := "removed"
	if dry {
		verb = "would remove"
	}
	for _, e := range swept.Expired {
		why := "not asked for since " + e.Used.Format(time.DateOnly)
		if !e.Stamped {
			why = "no image was made of it"
		}
		fmt.Fprintf(w, "%s %s:%.20s…  %s\n", verb, e.Repository, e.Tag, why)
	}
	fmt.Fprintf(w, "%s %d content images, %d blobs, %d bytes\n", verb, len(swept.Expired), swept.Blobs, swept.Bytes)
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
			if _, err := p.local.GC(ctx, local.Policy{Unused: local.DefaultUnused}); err != nil && ctx.Err() == nil {
				report(p.app.err, err)
			}
		}
	}
}

package solve

import (
	"context"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// Run runs one command in an image with the network of a dependency step and
// gives what it printed. It is how `slipway doctor` finds out what build
// steps reach; nothing is kept, and it always runs again.
func (c *Client) Run(ctx context.Context, image slipway.StackImage, settings slipway.Settings, args ...string) (string, error) {
	collected := &collector{}
	ctx, watch := withLimits(ctx, Limits{})
	defer watch.stop()
	progress := make(chan *client.SolveStatus)
	var group errgroup.Group
	group.Go(func() error { newFollower(collected, watch).follow(progress); return nil })
	_, err := c.bk.Build(ctx, client.SolveOpt{
		Session: c.session(compile.Secrets(settings, image, c.proxied)), ProxyNetwork: c.proxied,
	}, "slipway", func(ctx context.Context, gw gateway.Client) (*gateway.Result, error) {
		def, err := probe(ctx, gw, image, args)
		if err != nil {
			return nil, err
		}
		return gw.Solve(ctx, gateway.SolveRequest{Definition: def.ToPB(), Evaluate: true})
	}, progress)
	_ = group.Wait()
	return strings.Join(collected.lines, "\n"), err
}

func probe(ctx context.Context, gw gateway.Client, image slipway.StackImage, args []string) (*llb.Definition, error) {
	raw, err := config(ctx, gw, image, "")
	if err != nil {
		return nil, err
	}
	state, err := llb.Image(image.String(), llb.ResolveModePreferLocal).WithImageConfig(raw)
	if err != nil {
		return nil, err
	}
	opts := append(compile.Settings(), llb.Args(args), llb.IgnoreCache, llb.WithCustomName(compile.StepName("probe")))
	return state.Run(opts...).Root().Marshal(ctx, llb.LinuxAmd64)
}

// collector is a log that keeps the step's lines.
type collector struct{ lines []string }

// Line implements slipway.Log.
func (c *collector) Line(l slipway.LogLine) {
	if l.Step == "probe" {
		c.lines = append(c.lines, l.Text)
	}
}

// Event implements slipway.Log.
func (c *collector) Event(slipway.StepEvent) {}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/worker"
	"github.com/slipway-ci/slipway/buildpacks"
	"github.com/slipway-ci/slipway/queue"
)

// workshop is a platform as a worker uses it: sources and an engine.
type workshop struct {
	origins

	flags serverFlags
	link  *queue.Link
}

// Open implements worker.Sources.
func (w *workshop) Open(ctx context.Context, o slipway.Origin) (worker.Tree, error) {
	tree, err := w.open(ctx, o)
	if err != nil {
		return nil, err
	}
	return tree, nil
}

// Head implements worker.Sources.
func (w *workshop) Head(ctx context.Context, o slipway.Origin) (string, error) {
	return w.head(ctx, o)
}

// Builder implements worker.Engine.
func (w *workshop) Builder(_ context.Context, a slipway.Assignment, log slipway.Log) (*builder.Builder, error) {
	p := w.platform
	if p.openings != nil {
		p.openings.give(a)
	}
	// Read anew: `slipway stack build` may have made images beside us.
	lock, err := buildpacks.OpenLock(p.dir.join("stacks.json"))
	if err != nil {
		return nil, err
	}
	chosen, err := p.app.newStacks(lock, w.flags.profile, false)
	if err != nil {
		return nil, err
	}
	return &builder.Builder{
		Stacks: chosen, Images: &images{registry: p.images}, Solver: &solver{platform: p}, Settings: p.settings,
		Limits: w.flags.limits(w.flags.silence), Frontends: w.flags.frontends, Keys: connectionKeys{&w.origins, a.Origin},
		Inspector: &inspector{platform: p, mode: w.flags.contract, policy: a.Policy, say: func(format string, args ...any) {
			log.Line(slipway.LogLine{Time: time.Now(), Text: fmt.Sprintf(format, args...)})
		}},
	}, nil
}

// Check implements worker.Engine.
func (w *workshop) Check(ctx context.Context) error {
	err := w.check(ctx)
	if err != nil && ctx.Err() == nil {
		w.platform.outages.note()
	}
	return err
}

func (w *workshop) check(ctx context.Context) error {
	p := w.platform
	client, err := p.solver(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	engine := p.engine
	p.mu.Unlock()
	if engine != nil {
		if err := engine.CheckDisk(); err != nil {
			return err
		}
	}
	if err := client.Ping(ctx); err != nil {
		return err
	}
	return p.images.Ping(ctx)
}

// awayPatience is how long it may take to find out that nothing is away.
const awayPatience = 5 * time.Second

// Away implements worker.Engine. The way to the control plane counts, too:
// the registry may be behind it.
func (w *workshop) Away(ctx context.Context, since time.Time) bool {
	ctx, cancel := context.WithTimeout(ctx, awayPatience)
	defer cancel()
	return w.platform.outages.since(since) || !w.link.Lost().Before(since) || w.check(ctx) != nil
}

package dispatch

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
)

// build offers the builds whose turn it is.
func (d *Dispatcher) build(ctx context.Context, workers []slipway.Worker) error {
	s, err := d.scene(ctx, workers)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, p := range Order(s) {
		d.mu.Lock()
		d.shares.Serve(p.Build.Service, d.Limits)
		d.mu.Unlock()
		g.Go(func() error {
			return d.offer(ctx, slipway.Job{Kind: slipway.JobBuild, ID: p.Build.ID}, p.Worker)
		})
	}
	return g.Wait()
}

// offer tells the worker first: it may claim while the record is written. An
// offer that is not remembered is made again.
func (d *Dispatcher) offer(ctx context.Context, job slipway.Job, worker string) error {
	if err := d.Jobs.Offer(ctx, worker, job); err != nil {
		return err
	}
	d.count(func(n *Dispatched) {
		if job.Kind == slipway.JobExpand {
			n.Events++
		} else {
			n.Builds++
		}
	})
	err := d.Builds.Offer(ctx, job, worker, d.Now())
	if slipway.ErrorCode(err) == slipway.CodeConflict {
		return nil // the worker was quicker
	}
	return err
}

// scene reads what the order depends on.
func (d *Dispatcher) scene(ctx context.Context, workers []slipway.Worker) (Scene, error) {
	active, err := d.Builds.Active(ctx)
	if err != nil {
		return Scene{}, err
	}
	typical, err := d.typicals(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shares == nil {
		d.shares = NewShares()
	}
	return Scene{
		Now: d.Now(), Builds: active, Workers: workers, Platform: d.platform(), Limits: d.Limits,
		Served: d.shares.Served(active), Typical: typical,
	}, err
}

func (d *Dispatcher) platform() string {
	if d.Platform == "" {
		return "linux/amd64"
	}
	return d.Platform
}

// typicals reads how long builds take, now and then.
func (d *Dispatcher) typicals(ctx context.Context) (map[slipway.ServiceName]time.Duration, error) {
	d.mu.Lock()
	typical, due := d.typical, !d.Now().Before(d.refresh)
	d.mu.Unlock()
	if !due {
		return typical, nil
	}
	ended, err := d.Builds.Builds(ctx, slipway.BuildPage{State: slipway.BuildSucceeded, Most: mostRecent})
	if err != nil {
		return nil, err
	}
	typical = Typical(ended)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typical, d.refresh = typical, d.Now().Add(everyMedian)
	return typical, nil
}

// Queue tells of every build that waits where it stands and why. Any control
// plane may be asked.
func (d *Dispatcher) Queue(ctx context.Context) ([]slipway.Waiting, error) {
	workers, err := d.Builds.Workers(ctx)
	if err != nil {
		return nil, err
	}
	s, err := d.scene(ctx, workers)
	if err != nil {
		return nil, err
	}
	return View(s), nil
}

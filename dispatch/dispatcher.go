package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// Builds are what waits and runs, as the record has it.
type Builds interface {
	Active(ctx context.Context) ([]slipway.ActiveBuild, error)
	Builds(ctx context.Context, p slipway.BuildPage) ([]slipway.Build, error)
	Workers(ctx context.Context) ([]slipway.Worker, error)
	// Offer remembers to whom and when a job was offered. Of one that does
	// not wait any more it is CodeConflict.
	Offer(ctx context.Context, job slipway.Job, worker string, at time.Time) error
}

// Leases are until when workers are believed to be at work.
type Leases interface {
	// Expire gives builds whose lease ended before now back to the queue, and
	// tells how many.
	Expire(ctx context.Context, now time.Time) (int64, error)
	// RenewAll extends those that end before lease until then.
	RenewAll(ctx context.Context, lease time.Time) error
}

// Jobs is the way to the workers.
type Jobs interface {
	Offer(ctx context.Context, worker string, job slipway.Job) error
}

// Dispatcher offers what waits to workers. All that it needs is public; the
// zero values of Limits and Platform are no limits and linux/amd64.
type Dispatcher struct {
	Builds   Builds
	Events   Events
	Notes    Notes
	Leases   Leases
	Jobs     Jobs
	Bell     Bell
	Leader   Leader
	Limits   Limits
	Platform string
	Now      func() time.Time
	Log      *slog.Logger

	mu      sync.Mutex // of what follows; Queue reads while a round runs
	shares  *Shares
	typical map[slipway.ServiceName]time.Duration
	refresh time.Time // when typical is to be read again

	n Dispatched

	looked time.Time     // when leases were last looked at; zero while another one leads
	tries  map[int64]int // offers of events that wait
	wrong  string        // what went wrong in the last round, so that it is said once
}

// Dispatched counts what a Dispatcher did since it began.
type Dispatched struct {
	Events int64 // offers of events
	Builds int64 // offers of builds
	Lost   int64 // builds that went back to the queue because their worker was lost
}

// Counts gives what was done.
func (d *Dispatcher) Counts() Dispatched {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.n
}

func (d *Dispatcher) count(change func(*Dispatched)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.n)
}

const (
	every       = 500 * time.Millisecond // rings may be lost
	everyLease  = time.Second
	everyMedian = 30 * time.Second
	mostEvents  = 1000 // that are looked at in a round
	atOnce      = 8    // offers that are made at once
	mostRecent  = 200  // builds that estimates are made of
)

// Run dispatches until ctx ends. Whatever goes wrong is tried again in the
// next round.
func (d *Dispatcher) Run(ctx context.Context) error {
	wake := listen(ctx, d.Bell, RingDispatch, d.Log)
	for ctx.Err() == nil {
		began := d.Now()
		d.say(ctx, safely(func() error { return d.Round(ctx) }))
		// With thousands that wait a round takes a while; half of the time is
		// the workers' and the forges'.
		wait(ctx, nil, min(d.Now().Sub(began), every))
		wait(ctx, wake, every)
	}
	return nil
}

// Round does what there is to do now. It is nothing when another control
// plane leads.
func (d *Dispatcher) Round(ctx context.Context) error {
	if !d.Leader.Lead(ctx) {
		d.looked = time.Time{}
		return nil
	}
	if err := d.leases(ctx); err != nil {
		return err
	}
	workers, err := d.Builds.Workers(ctx)
	if err != nil {
		return err
	}
	stuck, err := d.expand(ctx, workers)
	if err != nil {
		return errors.Join(stuck, err)
	}
	return errors.Join(stuck, d.build(ctx, workers))
}

// leases gives builds of lost workers back. After a time in which nobody was
// here to renew a lease, be it that the process stood still, all are renewed
// first.
func (d *Dispatcher) leases(ctx context.Context) error {
	now := d.Now()
	since := now.Sub(d.looked)
	if since < everyLease && since >= 0 {
		return nil
	}
	if since > stalled || since < 0 {
		if err := d.Leases.RenewAll(ctx, now.Add(Lease)); err != nil {
			return err
		}
	}
	d.looked = now
	lost, err := d.Leases.Expire(ctx, now)
	if lost > 0 {
		d.count(func(n *Dispatched) { n.Lost += lost })
		d.Log.WarnContext(ctx, "builds wait again: their workers were lost", slog.Int64("builds", lost))
		d.Bell.Ring(RingOutbox)
	}
	return err
}

func (d *Dispatcher) say(ctx context.Context, err error) {
	text := ""
	if err != nil && ctx.Err() == nil {
		text = err.Error()
	}
	if text != d.wrong && text != "" {
		d.Log.ErrorContext(ctx, "jobs cannot be dispatched", slog.Any("error", err))
	}
	if text == "" && d.wrong != "" {
		d.Log.InfoContext(ctx, "jobs are dispatched again")
	}
	d.wrong = text
}

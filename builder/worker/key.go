package worker

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/solve"
)

// stamping has images stamped by the control plane, which looks whether the
// attempt is current: a worker whose turn has passed tags nothing.
type stamping struct {
	builder.Images
	attempt *attempt
}

// Stamp implements builder.Images.
func (s stamping) Stamp(ctx context.Context, r builder.Stamp) (slipway.Image, error) {
	a := s.attempt
	image, err := a.worker.builds.Stamp(ctx, a.Attempt, r.Content, r.Key, r.Revision)
	return image, a.told(err)
}

const (
	shortestAsk = 250 * time.Millisecond
	longestAsk  = 2 * time.Second
)

// keyed solves what no other build is at. Of several with one key one solves,
// and the others wait for what it makes.
type keyed struct {
	attempt *attempt
	solver  builder.Solver
	images  builder.Images
	found   bool // another build made it
}

// Solve implements builder.Solver.
func (k *keyed) Solve(ctx context.Context, r solve.Request, key slipway.BuildKey) (string, error) {
	a := k.attempt
	for wait := shortestAsk; ; wait = min(2*wait, longestAsk) {
		held, err := a.worker.keys.Holder(ctx, a.Attempt, key)
		if err != nil {
			return "", a.told(err)
		}
		content, ok, err := k.find(ctx, r, key) // also when held: another build may just have made it
		if err != nil || ok {
			k.found = ok
			return content, err
		}
		if held {
			return k.solver.Solve(ctx, r, key)
		}
		if wait == shortestAsk {
			a.say("another build makes the same image: waiting for it")
		}
		if err := pause(ctx, wait); err != nil {
			return "", err
		}
	}
}

// find gives the content image that another build made, unless this one is to
// be built whatever there is, or its dependencies are too old.
func (k *keyed) find(ctx context.Context, r solve.Request, key slipway.BuildKey) (string, bool, error) {
	if k.attempt.Force {
		return "", false, nil
	}
	content, ok, err := k.images.Find(ctx, r.Service, key)
	if err != nil || !ok || r.Created.IsZero() {
		return content, ok, err
	}
	made, err := k.images.Created(ctx, r.Service, content)
	return content, err == nil && !made.Before(r.Created), err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

package engine

import (
	"context"
	"net"
	"time"

	"github.com/moby/buildkit/client"

	"github.com/slipway-ci/slipway"
)

// readyInterval is how often a daemon that starts is asked; it takes some tens
// of milliseconds.
const readyInterval = 2 * time.Millisecond

// ready returns when the daemon lists its workers.
func (e *Engine) ready(ctx context.Context) error {
	tick := time.NewTicker(readyInterval)
	defer tick.Stop()
	for !e.listening(ctx) {
		select {
		case <-e.done:
			return slipway.Errorf(slipway.CodeUnavailable, "the build engine ended while it started").
				WithHint("`slipway doctor` checks what it needs").
				WithDetails(e.log.lines()...).WithClass(slipway.ClassPlatform).Because(e.Err())
		case <-ctx.Done():
			return e.late(ctx.Err())
		case <-tick.C:
		}
	}
	return e.listWorkers(ctx)
}

func (e *Engine) listening(ctx context.Context) bool {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", e.config.socket())
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (e *Engine) listWorkers(ctx context.Context) error {
	c, err := client.New(ctx, e.Address())
	if err != nil {
		return e.late(err)
	}
	defer func() { _ = c.Close() }()
	workers, err := c.ListWorkers(ctx)
	if err != nil {
		return e.late(err)
	}
	if len(workers) == 0 {
		return slipway.Errorf(slipway.CodeUnavailable, "the build engine has no worker").
			WithHint("`slipway doctor` checks what a worker needs").WithClass(slipway.ClassPlatform)
	}
	return nil
}

func (e *Engine) late(err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "the build engine was not ready after %s", e.config.Limits.Start).
		WithHint("the engine's log has the reason").WithDetails(e.log.lines()...).WithClass(slipway.ClassPlatform).Because(err)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// atRest has a control plane do nothing for a minute.
func (l *lab) atRest(ctx context.Context) (err error) {
	p, err := l.startPlane(ctx, "rest")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	minute := time.NewTimer(time.Minute)
	defer minute.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-minute.C:
	}
	now, most, err := p.memory()
	if err != nil {
		return err
	}
	l.report.add(row{
		what:   "`slipway serve`: resident memory a minute after ready",
		figure: fmt.Sprintf("%.0f MB", now), bar: "≤ 120 MB", met: now <= 120,
		note: fmt.Sprintf("API, record, queue, dispatch and registry, no BuildKit; %.0f MB at most until then", most),
	})
	return nil
}

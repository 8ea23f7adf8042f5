package main

import (
	"context"
	"errors"
	"fmt"
)

// measureService measures the service: what it takes, hands over, tells and
// needs. A part that cannot be measured does not keep the others from it.
func measureService(ctx context.Context, l *lab) error {
	if err := l.stop(); err != nil { // control planes alone come first
		return err
	}
	var errs []error
	measured := 0
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"a control plane at rest", l.atRest},
		{"hooks", l.hooks},
		{"a large record", l.largeRecord},
		{"hand-over", l.handOver},
		{"logs", l.logs},
		{"pushes", l.pushes},
	} {
		if l.part != "" && l.part != part.name {
			continue
		}
		measured++
		l.report.say("%s", part.name)
		if err := part.measure(ctx); err != nil {
			if ctx.Err() != nil {
				return err
			}
			errs = append(errs, fmt.Errorf("%s: %w", part.name, err))
		}
	}
	if measured == 0 {
		return fmt.Errorf("the service has no part %q", l.part)
	}
	return errors.Join(errs...)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// group is rows that are measured together, in the state that they need.
type group struct {
	name    string
	measure func(context.Context, *lab) error
}

func groups() []group {
	return []group{
		{"builds", measureBuilds},
		{"known", measureKnown},
		{"transfer", measureTransfer},
		{"plan", measurePlan},
		{"ready", measureReady},
		{"network", measureNetwork},
		{"service", measureService},
	}
}

// run measures everything that was asked for. A group that cannot be measured
// does not keep the others from it; its reason is in the error.
func run(ctx context.Context, args []string, out io.Writer) (err error) {
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	l, err := openLab(ctx, o, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	var errs []error
	for _, g := range groups() {
		if o.only != "" && o.only != g.name {
			continue
		}
		l.report.section(g.name)
		if err := g.measure(ctx, l); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted while measuring %s", g.name)
			}
			errs = append(errs, fmt.Errorf("%s: %w", g.name, err))
			l.report.notMeasured(g.name, err)
		}
	}
	l.report.summary()
	return errors.Join(errs...)
}

package main

import (
	"context"
	"fmt"
)

// measureReady starts and stops the embedded engines on a data directory that
// has been used.
func measureReady(ctx context.Context, l *lab) error {
	const rounds = 7
	var took sample
	for i := range rounds + 1 {
		if err := l.stop(); err != nil {
			return err
		}
		if err := l.start(ctx); err != nil {
			return err
		}
		if i > 0 { // the first finds what it needs on disk
			took = append(took, l.up.ready.Seconds())
		}
	}
	l.report.add(row{
		what:   "embedded engines to ready, warm",
		figure: fmt.Sprintf("%.2f s %s n=%d", took.median(), took.spread("%.2f"), rounds),
		bar:    "≤ 2 s", met: took.median() <= 2,
		note: "from the start of `slipway up` until it says that it is up: registry, sealed network, buildkitd",
	})
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

const handOvers = 200

const rivalHandOver = "for comparison, Woodpecker 3.17 on such a machine (measured once, elsewhere): hand-over p99 106 to 140 ms"

// handOver has a worker that does nothing take what pushes ask for, one after
// the other: what is measured is control plane, record and queue alone.
func (l *lab) handOver(ctx context.Context) (err error) {
	p, err := l.startPlane(ctx, "hand-over", "--queue-listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	h, err := p.join(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	d, err := newDeliveries(ctx, p, 4)
	if err != nil {
		return err
	}
	var accepted, expand, claim sample
	for i := range handOvers {
		begun := time.Now()
		if err := d.push(ctx, d.hooks[i%len(d.hooks)]); err != nil {
			return err
		}
		accepted = append(accepted, since(begun, time.Now()))
		event, err := h.next(ctx)
		if err != nil {
			return err
		}
		expand = append(expand, since(begun, event.at))
		said, build, err := h.expand(ctx, event, d.commit(d.sent.Load()))
		if err != nil {
			return err
		}
		claim = append(claim, since(said, build.at))
		if err := h.Finish(ctx, build.given.Attempt, 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: "nothing was built"}); err != nil {
			return err
		}
	}
	l.report.add(handOverRow("hook sent → its event claimed by a worker", expand,
		fmt.Sprintf("from before the hook is sent (it is answered after %.1f ms, p99 %.1f) until a worker over TCP that did nothing else has the answer to its claim; one push at a time. %s",
			accepted.median(), accepted.quantile(0.99), rivalHandOver)))
	l.report.add(handOverRow("expansion committed → its build claimed", claim, "the same worker: from the answer to its expansion until it has the answer to its claim"))
	return nil
}

func handOverRow(what string, took sample, note string) row {
	return row{
		what:   what,
		figure: fmt.Sprintf("p50 %.1f ms, p99 %.1f ms n=%d", took.median(), took.quantile(0.99), len(took)),
		bar:    "p50 ≤ 20 ms, p99 ≤ 250 ms", met: took.median() <= 20 && took.quantile(0.99) <= 250,
		note: note,
	}
}

// since is a time in milliseconds.
func since(from, to time.Time) float64 { return float64(to.Sub(from).Microseconds()) / 1000 }

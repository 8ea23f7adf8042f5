package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	hookClients = 16
	hookRounds  = 5
	hookWarm    = 500 * time.Millisecond
	hookTime    = 3 * time.Second
	rivalHooks  = "for comparison, Woodpecker 3.17 on SQLite and such a machine (measured once, elsewhere): 34 to 71 hooks/s, p99 100 ms alone and 1.4 s with 8 clients, a crash at 32, duplicates built twice"
)

// hooks has clients tell a control plane of pushes, beside the same rows
// committed bare.
func (l *lab) hooks(ctx context.Context) error {
	dir := l.workDir("hooks")
	p, err := l.startPlane(ctx, "hooks")
	if err != nil {
		return err
	}
	d, err := l.hooksOn(ctx, p, dir)
	if err := errors.Join(err, p.stop()); err != nil {
		return err
	}
	return l.nothingLost(ctx, dir, d)
}

func (l *lab) hooksOn(ctx context.Context, p *plane, dir string) (*deliveries, error) {
	d, err := newDeliveries(ctx, p, hookClients)
	if err != nil {
		return nil, err
	}
	deliver := func(ctx context.Context, client int) error { return d.push(ctx, d.hooks[client%len(d.hooks)]) }
	if err := l.hooksBeside(ctx, dir, deliver); err != nil {
		return nil, err
	}
	used, err := p.cpu()
	if err != nil {
		return nil, err
	}
	l.report.say("the server used %.2f ms of processor time for each of %d hooks", 1000*used/float64(d.sent.Load()), d.sent.Load())
	for _, clients := range []int{1, 8, 32} {
		got, err := drive(ctx, clients, hookWarm, hookTime, deliver)
		if err != nil {
			return nil, err
		}
		l.report.add(hookRow(fmt.Sprintf("hooks accepted, %s", ofClients(clients)), got))
	}
	return d, nil
}

func ofClients(clients int) string {
	if clients == 1 {
		return "1 client"
	}
	return fmt.Sprintf("%d clients", clients)
}

func hookRow(what string, got load) row {
	return row{what: what, figure: fmt.Sprintf("%.0f/s, p50 %.1f ms, p99 %.1f ms n=%d", got.perSecond, got.took.median(), got.took.quantile(0.99), len(got.took))}
}

// hooksBeside alternates hooks, bare rows, and the store without HTTP.
func (l *lab) hooksBeside(ctx context.Context, dir string, deliver func(context.Context, int) error) (err error) {
	b, err := openBare(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.db.Close()) }()
	r, err := openReceived(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.record.Close()) }()
	systems := []func(context.Context, int) error{
		deliver,
		func(ctx context.Context, _ int) error { return b.push(ctx) },
		func(ctx context.Context, _ int) error { return r.push(ctx) },
	}
	rates := make([]sample, len(systems))
	var took sample
	order := []int{0, 1, 2}
	for range hookRounds {
		for _, i := range order {
			got, err := drive(ctx, hookClients, hookWarm, hookTime, systems[i])
			if err != nil {
				return err
			}
			rates[i] = append(rates[i], got.perSecond)
			if i == 0 {
				took = append(took, got.took...)
			}
		}
		slices.Reverse(order)
	}
	l.hookRows(rates, took)
	return nil
}

func (l *lab) hookRows(rates []sample, took sample) {
	what := fmt.Sprintf("hooks accepted, %d clients, unique pushes", hookClients)
	for i, against := range []string{"the same rows committed bare", "Store.Receive in process"} {
		r := ratios(rates[0], rates[i+1])
		x := row{
			what: what, against: against,
			figure: fmt.Sprintf("%.0f/s : %.0f/s = %.2f × %s n=%d", rates[0].median(), rates[i+1].median(), r.median(), r.spread("%.2f"), len(r)),
		}
		if i == 0 {
			x.bar, x.met = "≥ 0.5 ×", r.median() >= 0.5
			x.note = "signed Gitea deliveries of 3 kB over HTTP; clients and server share the machine, bare has it for itself; one transaction with one fsync each against commits that are shared. " + rivalHooks
		} else {
			x.note = "the same store in the clients' process, with its shared commits: what HTTP, signature and JSON cost"
		}
		l.report.add(x)
	}
	l.report.add(hookRow(what, load{perSecond: rates[0].median(), took: took}))
}

// nothingLost counts what the record has of what was accepted.
func (l *lab) nothingLost(ctx context.Context, dir string, d *deliveries) (err error) {
	path := filepath.Join(dir, "record.db")
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := openFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var events int64
	if err := db.QueryRowContext(ctx, `SELECT COUNT(DISTINCT json_extract(event, '$.after')) FROM events WHERE state = 'pending'`).Scan(&events); err != nil {
		return err
	}
	l.report.add(row{
		what: "hooks accepted and in the record", figure: fmt.Sprintf("%d of %d", events, d.sent.Load()),
		bar: "all", met: events == d.sent.Load(),
	})
	return nil
}

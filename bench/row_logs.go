package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

const logSeconds = 10

// logs has a worker that joined over the real queue print, chunk after chunk
// as a real one sends them, while readers follow by server-sent events.
func (l *lab) logs(ctx context.Context) (err error) {
	p, err := l.startPlane(ctx, "logs", "--queue-listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	h, err := p.join(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	for _, c := range []struct{ perSecond, readers int }{{100_000, 1}, {2_000, 200}} {
		if err := l.logsTo(ctx, p, h, c.perSecond, c.readers); err != nil {
			return fmt.Errorf("%d lines/s to %d readers: %w", c.perSecond, c.readers, err)
		}
	}
	return nil
}

func (l *lab) logsTo(ctx context.Context, p *plane, h *hand, perSecond, readers int) error {
	a, err := p.attempt(ctx, h)
	if err != nil {
		return err
	}
	before, _, errMemory := p.memory()
	busy, errBusy := p.cpu()
	if err := errors.Join(errMemory, errBusy, p.forgetMost()); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	follow := make([]*logReader, readers)
	var all sync.WaitGroup
	for i := range follow {
		if follow[i], err = p.follow(ctx, a.Build); err != nil {
			cancel()
			all.Wait()
			return err
		}
		all.Go(follow[i].read)
	}
	printed, err := h.print(ctx, a, perSecond, logSeconds*time.Second)
	if err != nil {
		cancel()
		all.Wait()
		return err
	}
	all.Wait()
	after, most, errMemory := p.memory()
	used, errBusy := p.cpu()
	if err := errors.Join(errMemory, errBusy); err != nil {
		return err
	}
	l.logRow(perSecond, follow, printed, fmt.Sprintf("the process used %.1f s of processor time; its resident memory: %.0f MB before, %.0f MB at most, %.0f MB after", used-busy, before, most, after))
	return nil
}

func (l *lab) logRow(perSecond int, readers []*logReader, printed printed, cost string) {
	whole, last := 0, time.Time{}
	var first error
	for _, r := range readers {
		if r.err != nil && first == nil {
			first = r.err
		}
		if r.err == nil && r.lines == printed.lines {
			whole++
		}
		if r.last.After(last) {
			last = r.last
		}
	}
	rate := float64(printed.lines) / printed.took.Seconds()
	x := row{
		what:   fmt.Sprintf("%d log lines/s to %s", perSecond, toReaders(len(readers))),
		figure: fmt.Sprintf("%.0f lines/s, %d of %d readers have every line once", rate, whole, len(readers)),
		bar:    fmt.Sprintf("%d lines/s, none lost", perSecond), met: rate >= 0.99*float64(perSecond) && whole == len(readers),
		note: fmt.Sprintf("%d s, %d chunks through queue and record, one after the other as a worker sends them (p50 %.1f ms, p99 %.1f ms); the last reader had the last line %.0f ms after it was committed; %s; worker and readers share the machine",
			logSeconds, len(printed.chunks), printed.chunks.median(), printed.chunks.quantile(0.99), since(printed.ended, last), cost),
	}
	if first != nil {
		x.note += fmt.Sprintf("; the first trouble of a reader: %v", first)
	}
	l.report.add(x)
}

func toReaders(readers int) string {
	if readers == 1 {
		return "one reader"
	}
	return fmt.Sprintf("%d readers", readers)
}

// attempt has a push made and its build claimed.
func (p *plane) attempt(ctx context.Context, h *hand) (slipway.Attempt, error) {
	d, err := newDeliveries(ctx, p, 1)
	if err != nil {
		return slipway.Attempt{}, err
	}
	if err := d.push(ctx, d.hooks[0]); err != nil {
		return slipway.Attempt{}, err
	}
	event, err := h.next(ctx)
	if err != nil {
		return slipway.Attempt{}, err
	}
	_, build, err := h.expand(ctx, event, d.commit(d.sent.Load()))
	return build.given.Attempt, err
}

package worker

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// report tells the control plane how the worker is, regularly and when
// something changed.
func (w *Worker) report(ctx context.Context) {
	started := w.config.Now()
	beat := time.NewTicker(w.config.Beat)
	defer beat.Stop()
	for {
		within, cancel := context.WithTimeout(ctx, w.config.Beat)
		if err := w.events.Report(within, w.state(started)); err != nil && ctx.Err() == nil {
			w.config.Log.DebugContext(ctx, "a report was not answered", slog.Any("error", err))
		}
		cancel()
		select {
		case <-beat.C:
		case <-w.poke:
		case <-ctx.Done():
			return
		}
	}
}

func (w *Worker) reportNow() {
	select {
	case w.poke <- struct{}{}:
	default: // one is due
	}
}

func (w *Worker) state(started time.Time) slipway.WorkerReport {
	r := slipway.WorkerReport{
		Name: w.config.Name, Version: w.config.Version, Protocol: slipway.Protocol, Platform: w.config.Platform,
		Trust: w.config.Trust, Slots: w.config.Slots, Started: started,
	}
	for _, a := range w.attempts() {
		r.Running = append(r.Running, a.Attempt)
	}
	slices.SortFunc(r.Running, func(a, b slipway.Attempt) int { return int(a.Build - b.Build) })
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Draining, r.Sick = w.draining, w.sick
	return r
}

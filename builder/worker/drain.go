package worker

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Drain takes nothing new, and returns when nothing runs any more. What runs
// when ctx ends is handed back to the queue, which is no strike against it;
// that is waited for no longer than Config.Grace. Run goes on, and reports
// that the worker drains, until its own context ends.
func (w *Worker) Drain(ctx context.Context) {
	idle := w.beginDrain()
	w.reportNow()
	select {
	case <-idle:
		return
	case <-ctx.Done():
	}
	for _, a := range w.attempts() {
		a.cancel(errDrained)
	}
	grace := time.NewTimer(w.config.Grace)
	defer grace.Stop()
	select {
	case <-idle:
	case <-grace.C: // the control plane is away
	}
}

// beginDrain gives what is closed when nothing runs.
func (w *Worker) beginDrain() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.draining = true
	if w.idle == nil {
		w.idle = make(chan struct{})
		w.settle()
	}
	return w.idle
}

// settle tells a drain when nothing is left. The lock is held.
func (w *Worker) settle() {
	if w.idle == nil || len(w.running) > 0 {
		return
	}
	select {
	case <-w.idle:
	default:
		close(w.idle)
	}
}

// attempts are those that run.
func (w *Worker) attempts() []*attempt {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Collect(maps.Values(w.running)), func(a *attempt) bool { return a == nil })
}

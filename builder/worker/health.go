package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// watch looks after the machine: a worker that is sick takes nothing, says
// why, and gets well by itself.
func (w *Worker) watch(ctx context.Context) {
	look := time.NewTicker(w.config.Look)
	defer look.Stop()
	for silent := 0; ; {
		var why string
		why, silent = w.illness(ctx, silent)
		if ctx.Err() != nil {
			return
		}
		w.setSick(ctx, why)
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// daemonPatience is how long a daemon may take to say that it is well.
const daemonPatience = 5 * time.Second

// illness says what keeps the worker from taking builds. A daemon may be busy
// once: it is sick when it does not answer twice. silent counts that.
func (w *Worker) illness(ctx context.Context, silent int) (why string, nowSilent int) {
	if w.config.Dir != "" && w.config.Floor > 0 {
		const mib = 1 << 20
		floor := w.floor()
		left, err := w.config.Free(w.config.Dir)
		switch {
		case err != nil:
			why = fmt.Sprintf("its disk cannot be read: %v", err)
		case left < floor:
			why = fmt.Sprintf("its disk is almost full: %d MiB free, %d MiB are needed", left/mib, floor/mib)
		}
	}
	within, cancel := context.WithTimeout(ctx, daemonPatience)
	defer cancel()
	err := w.engine.Check(within)
	if err == nil {
		return why, 0
	}
	if silent++; silent >= 2 && why == "" {
		why = fmt.Sprintf("its build engine does not answer: %v", err)
	}
	return why, silent
}

// floor is how much must be free. A worker that had less takes nothing before
// it has somewhat more, or it would come and go with every build.
func (w *Worker) floor() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sick == "" {
		return w.config.Floor
	}
	return w.config.Floor + w.config.Floor/10
}

func (w *Worker) setSick(ctx context.Context, why string) {
	w.mu.Lock()
	changed := w.sick != why
	turned := (w.sick == "") != (why == "")
	w.sick = why
	w.mu.Unlock()
	if !changed {
		return
	}
	w.reportNow()
	switch {
	case turned && why != "":
		w.config.Log.WarnContext(ctx, "this worker takes no builds", slog.String("why", why))
	case turned:
		w.config.Log.InfoContext(ctx, "this worker is well again")
	}
}

package worker_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
)

// watcher remembers what it was shown: "PARENT > NAME", and the code of what
// went wrong.
type watcher struct {
	mu    sync.Mutex
	ended []string
	about map[string]slog.Value
}

type nameKey struct{}

func (w *watcher) Begin(ctx context.Context, trace, name string, about ...slog.Attr) (context.Context, func(error, ...slog.Attr)) {
	of := trace
	if outer, ok := ctx.Value(nameKey{}).(string); ok && of == "" {
		of = outer
	}
	return context.WithValue(ctx, nameKey{}, name), func(err error, more ...slog.Attr) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ended = append(w.ended, of+" > "+name+" "+string(slipway.ErrorCode(err)))
		for _, a := range append(about, more...) {
			w.about[a.Key] = a.Value
		}
	}
}

// Whoever watches sees each part end, also the one that fails, and nothing of
// the trace in what the engine is given.
func TestWorker_ShowsItsParts(t *testing.T) {
	t.Parallel()
	c, m, seen := newControl(), newMachine(), &watcher{about: map[string]slog.Value{}}
	c.assign = func(a *slipway.Assignment) { a.Trace = "push" }
	m.solve = func(ctx context.Context, _ solve.Request) error {
		if ctx.Value(nameKey{}) != nil {
			t.Error("the engine is given the trace")
		}
		return slipway.Errorf(slipway.CodeFailed, "go build failed").WithClass(slipway.ClassCode)
	}
	_, stop := run(t, c, m, worker.Config{Traces: seen})
	c.build(1)
	c.outcome(t, 1)
	stop()
	want := []string{"attempt > source ", "attempt > plan ", "attempt > key ", "attempt > find ", "attempt > solve failed", "push > attempt failed"}
	if diff := cmp.Diff(want, seen.ended); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if seen.about["state"].String() != "failed" || seen.about["class"].String() != string(slipway.ClassCode) || seen.about["build"].Int64() != 1 {
		t.Errorf("it is told %v", seen.about)
	}
}

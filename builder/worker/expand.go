package worker

import (
	"cmp"
	"context"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

const (
	// expandTime bounds an expansion, a first clone among it.
	expandTime = 10 * time.Minute
	// looks is how often a commit is looked at when it cannot be had. After
	// that the event is offered again, perhaps to another worker.
	looks = 3
	// headTime bounds the question where a ref stands by now: the repository
	// has just answered another one.
	headTime = 10 * time.Second
)

// expand finds out what an event asks for: which services its repository has
// at the commit, and what of it each is made of. Nothing of the repository is
// run.
func (w *Worker) expand(ctx context.Context, event int64, done func()) {
	if !w.startReading(event) {
		done()
		return
	}
	defer w.stopReading(event)
	task, err := w.events.Task(ctx, event)
	done()
	if err == nil {
		err = w.expandTask(ctx, task)
	}
	if err != nil && ctx.Err() == nil {
		w.config.Log.InfoContext(ctx, "an event was not expanded here", slog.Int64("event", event), slog.Any("error", err))
	}
}

func (w *Worker) expandTask(ctx context.Context, task slipway.Task) (err error) {
	ctx, cancel := context.WithTimeout(ctx, expandTime)
	defer cancel()
	var found slipway.Expansion
	ctx, end := w.config.Traces.Begin(ctx, task.Trace, "expansion", slog.Int64("event", task.Event), slog.String("worker", w.config.Name))
	defer func() {
		end(cmp.Or(err, found.Problem.Err()), slog.String("commit", found.Commit), slog.Int("services", len(found.Services)))
	}()
	for i := range looks {
		if found, err = w.look(ctx, task); !slipway.Passing(err) {
			break
		}
		if i < looks-1 && pause(ctx, 300*time.Millisecond<<(2*i)) != nil {
			return err
		}
	}
	if slipway.Passing(err) {
		return err
	}
	if err != nil {
		found.Problem = slipway.ProblemOf(err)
	}
	if found.Read.IsZero() {
		found.Read = w.config.Now()
	}
	return w.events.Expanded(ctx, task.Event, found)
}

// look opens an event's commit and reads what it has; where the ref stands by
// now is asked beside that. A defect that it meets is no other event's.
func (w *Worker) look(ctx context.Context, task slipway.Task) (x slipway.Expansion, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.config.Log.ErrorContext(ctx, "an expansion met a defect", slog.Int64("event", task.Event), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			err = slipway.Errorf(slipway.CodeInternal, "the expansion met a defect of Slipway: %v", p)
		}
	}()
	_, opened := w.config.Traces.Begin(ctx, "", "source", slog.Int64("event", task.Event))
	tree, err := w.sources.Open(ctx, task.Origin)
	opened(err)
	if err != nil {
		return slipway.Expansion{Commit: task.Origin.Commit}, err
	}
	defer tree.Close() //nolint:errcheck // only read
	x = slipway.Expansion{Commit: tree.Revision().SHA, Read: w.config.Now()}
	head, leave := w.asking(ctx, task)
	defer leave()
	if x.Services, err = servicesOf(tree, task); !slipway.Passing(err) {
		x.Head = head()
	}
	return x, err
}

// asking begins to ask where the branch of an event stands; head waits for the
// answer, leave for the end without one.
func (w *Worker) asking(ctx context.Context, task slipway.Task) (head func() string, leave func()) {
	if !strings.HasPrefix(task.Origin.Ref, "refs/heads/") {
		return func() string { return "" }, func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, headTime)
	var asked sync.WaitGroup
	var commit string
	asked.Go(func() { commit = w.head(ctx, task) })
	return func() string { asked.Wait(); return commit }, func() { cancel(); asked.Wait() }
}

// head asks where the branch of an event stands. That a repository does not
// say keeps no event from being expanded.
func (w *Worker) head(ctx context.Context, task slipway.Task) (commit string) {
	log := w.config.Log.With(slog.Int64("event", task.Event))
	defer func() {
		if p := recover(); p != nil {
			log.ErrorContext(ctx, "asking for a head met a defect", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		}
	}()
	commit, err := w.sources.Head(ctx, task.Origin)
	if err != nil {
		log.InfoContext(ctx, "where a branch stands is not known", slog.Any("error", err))
		return ""
	}
	return commit
}

func (w *Worker) startReading(event int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reading[event] {
		return false
	}
	w.reading[event] = true
	return true
}

func (w *Worker) stopReading(event int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.reading, event)
}

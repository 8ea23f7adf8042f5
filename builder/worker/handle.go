package worker

import (
	"context"
	"log/slog"
	"runtime/debug"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
)

// handle does one build: claim it, open its commit, build, say what came of
// it. A worker never claims what it is at.
func (w *Worker) handle(ctx context.Context, build int64, done func()) {
	if !w.reserve(build) {
		done()
		return
	}
	defer w.release(build)
	assignment, err := w.builds.Claim(ctx, build)
	done()
	if err != nil {
		w.config.Log.DebugContext(ctx, "a build was not to be had", slog.Int64("build", build), slog.Any("error", err))
		return
	}
	a := w.begin(ctx, assignment)
	defer a.end()
	result, err := a.build()
	a.watched(err, a.finish(result, err))
}

// build is the work itself. A defect in it is the platform's failure, and no
// other build's.
func (a *attempt) build() (r builder.Result, err error) {
	defer a.caught(&err)
	opened := a.part("source")
	tree, err := a.worker.sources.Open(a.ctx, a.Origin)
	opened(err)
	if err != nil {
		return builder.Result{}, noSourceError{err}
	}
	defer tree.Close() //nolint:errcheck // only read
	b, err := a.worker.engine.Builder(a.ctx, a.Assignment, a.journal)
	if err != nil {
		return builder.Result{}, err
	}
	solver := &keyed{attempt: a, solver: b.Solver, images: b.Images}
	b.Images, b.Solver = stamping{Images: b.Images, attempt: a}, solver
	b.Limits.Silence, b.Watch = a.Silence, a.part
	r, err = b.Build(a.ctx, builder.Request{
		Service: a.Service, Trust: a.Trust, Tree: tree, Path: a.Path, Force: a.Force, Log: a.journal, Secrets: a.Secrets,
	})
	r.Known = r.Known || solver.found
	if err == nil {
		a.made(&r)
	}
	return r, err
}

// made ends the log of a build that succeeded with what came of it.
func (a *attempt) made(r *builder.Result) {
	switch {
	case !r.Known:
		r.Image.MadeBy = 0 // it did, itself
	case r.Image.MadeBy != 0:
		a.say("nothing to build: the content is that of build %d", r.Image.MadeBy)
	default:
		a.say("nothing to build: there is an image of this content already")
	}
	a.say("image: %s:%s@%s", a.Service, r.Image.Tag, r.Image.Digest) // who pulls it knows the registry by another name
}

// caught turns a panic into an error.
func (a *attempt) caught(err *error) {
	if p := recover(); p != nil {
		a.worker.config.Log.Error("a build met a defect", slog.Int64("build", a.Attempt.Build), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		*err = slipway.Errorf(slipway.CodeInternal, "the build met a defect of Slipway: %v", p)
	}
}

// reserve keeps a build from being claimed twice at once.
func (w *Worker) reserve(build int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, there := w.running[build]; there || w.draining {
		return false
	}
	w.running[build] = nil
	return true
}

func (w *Worker) release(build int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, build)
	w.settle()
}

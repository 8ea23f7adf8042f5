package api

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// Topics of the bell.
const (
	topicDispatch = "dispatch"
	topicBuilds   = "build"
)

func topicOf(build int64) string { return fmt.Sprintf("build.%d", build) }

const (
	// batch is how many chunks are read at once: 1 MiB at most.
	batch = 16
	// kept is how many chunks a tail keeps for its readers. Who is further
	// behind reads the record.
	kept = 32
)

// tails has one tail per build that somebody watches, however many do.
type tails struct {
	record Builds
	bell   Bell
	log    *slog.Logger

	mu   sync.Mutex
	open map[int64]*tail
}

// tail follows the end of a build's log: it reads each chunk once for all who
// watch.
type tail struct {
	mu      sync.Mutex
	chunks  []slipway.Chunk // the last ones
	base    slipway.Chunk   // what comes right before them; its data does not count
	build   slipway.Build   // as it was when the log was last read
	known   bool            // that build was read
	moved   chan struct{}   // closed when something is new
	readers int
	stop    context.CancelFunc
}

// join gives the tail of a build to one that has read its log up to a chunk,
// and what it calls when it leaves. The tail outlives the one who asked first.
func (ts *tails) join(ctx context.Context, build int64, read slipway.Chunk) (*tail, func()) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.open[build]
	if t == nil {
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the last reader leaves //nolint:usetesting // it ends when the last reader leaves
		t = &tail{base: position(read), moved: make(chan struct{}), stop: stop}
		ts.open[build] = t
		go ts.follow(ctx, build, t)
	}
	t.readers++
	return t, func() { ts.leave(build, t) }
}

func (ts *tails) leave(build int64, t *tail) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if t.readers--; t.readers == 0 {
		t.stop()
		delete(ts.open, build)
	}
}

// follow reads what is new when the bell rings, and now and then in case that
// a ring was lost, until nobody watches or the build has ended.
func (ts *tails) follow(ctx context.Context, build int64, t *tail) {
	rings := make(chan struct{}, 1)
	stop, err := ts.bell.Listen(topicOf(build), func(string) {
		select {
		case rings <- struct{}{}:
		default: // one is enough
		}
	})
	if err != nil {
		ts.log.LogAttrs(ctx, slog.LevelWarn, "a log is followed without wake-ups", slog.Int64("build", build), slog.String("error", err.Error()))
	} else {
		defer stop()
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ended, err := ts.refresh(ctx, build, t)
		if err != nil && ctx.Err() == nil {
			ts.log.LogAttrs(ctx, slog.LevelWarn, "a log cannot be read, and is tried again", slog.Int64("build", build), slog.String("error", err.Error()))
		}
		if ended {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-rings:
		case <-tick.C:
		}
	}
}

// refresh reads the build before its log: one that has ended then has all of
// its log there.
func (ts *tails) refresh(ctx context.Context, build int64, t *tail) (ended bool, err error) {
	b, err := ts.record.Build(ctx, build)
	if err != nil {
		return false, err
	}
	for {
		chunks, err := ts.record.Log(ctx, build, t.last(), batch)
		if err != nil {
			return false, err
		}
		if len(chunks) > 0 {
			t.add(chunks)
		}
		if len(chunks) < batch { // that was all; to ask once more costs as much as to read
			t.tell(b)
			return b.State.Ended(), nil
		}
	}
}

// last is the chunk that the tail has read last.
func (t *tail) last() slipway.Chunk {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.chunks); n > 0 {
		return position(t.chunks[n-1])
	}
	return t.base
}

func (t *tail) add(chunks []slipway.Chunk) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chunks = append(t.chunks, chunks...)
	if over := len(t.chunks) - kept; over > 0 {
		t.base = position(t.chunks[over-1])
		t.chunks = append([]slipway.Chunk(nil), t.chunks[over:]...)
	}
	t.wake()
}

func (t *tail) tell(b slipway.Build) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known && t.build.State == b.State && t.build.Attempt == b.Attempt {
		return
	}
	t.build, t.known = b, true
	t.wake()
}

func (t *tail) wake() {
	close(t.moved)
	t.moved = make(chan struct{})
}

// view is what a tail has for a reader.
type view struct {
	chunks []slipway.Chunk
	behind bool          // there are chunks before those that are kept: read the record
	base   slipway.Chunk // which are those up to this one
	build  slipway.Build // zero while it was not read
	moved  <-chan struct{}
}

// after gives what comes after a chunk.
func (t *tail) after(read slipway.Chunk) view {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := view{build: t.build, moved: t.moved, base: t.base, behind: before(read, t.base)}
	for i, c := range t.chunks {
		if !v.behind && before(read, c) {
			v.chunks = t.chunks[i:len(t.chunks):len(t.chunks)]
			break
		}
	}
	return v
}

// before tells whether chunk a comes before chunk b.
func before(a, b slipway.Chunk) bool {
	return a.Attempt < b.Attempt || a.Attempt == b.Attempt && a.Number < b.Number
}

func position(c slipway.Chunk) slipway.Chunk {
	return slipway.Chunk{Attempt: c.Attempt, Number: c.Number}
}

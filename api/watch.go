package api

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// sink takes what a reader is sent. An error ends the reader.
type sink interface {
	chunk(c slipway.Chunk) error
	state(b slipway.Build) error
	beat() error // nothing is new, and the reader is still there
}

// watch sends a build's log to one reader from a chunk on until the build has
// ended, and gives the build then. The reader gets every chunk once and in
// order: what the tail does not keep any more comes from the record.
func (s *server) watch(ctx context.Context, build int64, read slipway.Chunk, to sink) (slipway.Build, error) {
	w := &watcher{server: s, build: build, read: read, to: to}
	if err := w.catchUp(ctx); err != nil {
		return w.told, err
	}
	t, leave := s.tails.join(ctx, build, w.read)
	defer leave()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		v := t.after(w.read)
		more, err := w.pass(ctx, v)
		switch {
		case err != nil || w.told.State != "" && w.told.State.Ended():
			return w.told, err
		case more:
			continue // there may be more by now
		}
		if err := pause(ctx, v.moved, beat.C, to); err != nil {
			return w.told, err
		}
	}
}

// watcher is one reader of a log.
type watcher struct {
	server *server
	build  int64
	to     sink
	read   slipway.Chunk // the last one that it was sent
	told   slipway.Build // as it was told of last
}

// pass sends what a tail has. more is false when the reader has all of it, and
// only then it is told how the build stands.
func (w *watcher) pass(ctx context.Context, v view) (more bool, err error) {
	switch {
	case v.behind:
		was := w.read
		if err := w.catchUp(ctx); err != nil {
			return false, err
		}
		if !before(was, w.read) {
			w.read = v.base // the record has let go of them
		}
		return true, nil
	case len(v.chunks) > 0:
		return true, w.send(v.chunks)
	case v.build.ID == 0, v.build.State == w.told.State && v.build.Attempt == w.told.Attempt:
		return false, nil
	}
	if w.told = v.build; w.told.State.Ended() {
		return false, nil
	}
	return false, w.to.state(w.told)
}

func (w *watcher) send(chunks []slipway.Chunk) error {
	for _, c := range chunks {
		if err := w.to.chunk(c); err != nil {
			return err
		}
		w.read = position(c)
	}
	return nil
}

func (w *watcher) catchUp(ctx context.Context) (err error) {
	w.read, err = w.server.catchUp(ctx, w.build, w.read, w.to)
	return err
}

// catchUp sends what the record has after a chunk.
func (s *server) catchUp(ctx context.Context, build int64, read slipway.Chunk, to sink) (slipway.Chunk, error) {
	for {
		chunks, err := s.Record.Log(ctx, build, read, batch)
		if err != nil {
			return read, err
		}
		for _, c := range chunks {
			if err := to.chunk(c); err != nil {
				return read, err
			}
			read = position(c)
		}
		if len(chunks) < batch {
			return read, nil
		}
	}
}

// pause waits until something is new.
func pause(ctx context.Context, moved <-chan struct{}, beat <-chan time.Time, to sink) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
			return nil
		case <-beat:
			if err := to.beat(); err != nil {
				return err
			}
		}
	}
}

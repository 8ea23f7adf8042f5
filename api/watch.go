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
	read, err := s.catchUp(ctx, build, read, to)
	if err != nil {
		return slipway.Build{}, err
	}
	t, leave := s.tails.join(ctx, build, read)
	defer leave()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	var told slipway.Build
	for {
		v := t.after(read)
		if v.behind {
			was := read
			if read, err = s.catchUp(ctx, build, read, to); err != nil {
				return told, err
			}
			if !before(was, read) {
				read = v.base // the record has let go of them
			}
			continue
		}
		for _, c := range v.chunks {
			if err := to.chunk(c); err != nil {
				return told, err
			}
			read = position(c)
		}
		if v.build.ID != 0 && (v.build.State != told.State || v.build.Attempt != told.Attempt) && len(v.chunks) == 0 {
			told = v.build
			if told.State.Ended() {
				return told, nil
			}
			if err := to.state(told); err != nil {
				return told, err
			}
		}
		if len(v.chunks) > 0 {
			continue // there may be more by now
		}
		if err := pause(ctx, v.moved, beat.C, to); err != nil {
			return told, err
		}
	}
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

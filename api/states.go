package api

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// states tells readers of builds that change. It reads each change once for
// all of them. A reader who is slow gets a build's last state alone; states
// between may be left out, the last never is.
type states struct {
	record Builds
	bell   Bell
	log    *slog.Logger

	mu      sync.Mutex
	readers map[*stateReader]bool
	stop    context.CancelFunc
}

// stateReader waits for builds of a team, "" for all.
type stateReader struct {
	team  string
	moved chan struct{} // has something when fresh has

	mu    sync.Mutex
	fresh map[int64]slipway.Build
}

// join lets a reader wait. Who reads for all outlives the one who asked first.
func (st *states) join(ctx context.Context, team string) (*stateReader, func()) {
	st.mu.Lock()
	defer st.mu.Unlock()
	r := &stateReader{team: team, moved: make(chan struct{}, 1), fresh: map[int64]slipway.Build{}}
	if len(st.readers) == 0 {
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the last reader leaves //nolint:usetesting // it ends when the last reader leaves
		st.readers, st.stop = map[*stateReader]bool{}, stop
		go st.follow(ctx)
	}
	st.readers[r] = true
	return r, func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		delete(st.readers, r)
		if len(st.readers) == 0 {
			st.stop()
		}
	}
}

// follow reads the builds that the bell names and, in case that a ring was
// lost, now and then the newest and those that had not ended.
func (st *states) follow(ctx context.Context) {
	f := &follower{states: st, seen: map[int64]slipway.Build{}, dirty: map[int64]bool{}, rings: make(chan struct{}, 1)}
	stop, err := st.bell.Listen(topicBuilds, f.hear)
	if err != nil {
		st.log.LogAttrs(ctx, slog.LevelWarn, "builds are followed without wake-ups", slog.String("error", err.Error()))
	} else {
		defer stop()
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	f.poll(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.rings:
			for _, id := range f.rung() {
				f.look(ctx, id)
			}
		case <-tick.C:
			f.poll(ctx)
		}
	}
}

// follower is the one who reads.
type follower struct {
	states *states
	seen   map[int64]slipway.Build // as they were last told

	mu    sync.Mutex
	dirty map[int64]bool
	rings chan struct{}
}

func (f *follower) hear(topic string) {
	_, text, _ := strings.Cut(topic, ".")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return
	}
	f.mu.Lock()
	f.dirty[id] = true
	f.mu.Unlock()
	select {
	case f.rings <- struct{}{}:
	default: // one is enough
	}
}

func (f *follower) rung() []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := slices.Sorted(maps.Keys(f.dirty))
	clear(f.dirty)
	return ids
}

// look reads one build. What cannot be read is looked at again by the next
// poll.
func (f *follower) look(ctx context.Context, id int64) {
	if b, err := f.states.record.Build(ctx, id); err == nil {
		f.tell(b)
	}
}

func (f *follower) poll(ctx context.Context) {
	builds, err := f.states.record.Builds(ctx, slipway.BuildPage{Most: newestBuilds})
	if err != nil {
		return // the next poll tries again
	}
	page := map[int64]bool{}
	for _, b := range slices.Backward(builds) {
		page[b.ID] = true
		f.tell(b)
	}
	for id, b := range f.seen {
		switch {
		case page[id]:
		case b.State.Ended():
			delete(f.seen, id)
		default:
			f.look(ctx, id)
		}
	}
}

// newestBuilds is how many a poll looks at.
const newestBuilds = 100

func (f *follower) tell(b slipway.Build) {
	old, known := f.seen[b.ID]
	if known && old.State == b.State && old.Attempt == b.Attempt {
		return
	}
	f.seen[b.ID] = b
	f.states.mu.Lock()
	defer f.states.mu.Unlock()
	for r := range f.states.readers {
		if r.team == "" || r.team == b.Service.Team {
			r.give(b)
		}
	}
}

func (r *stateReader) give(b slipway.Build) {
	r.mu.Lock()
	r.fresh[b.ID] = b
	r.mu.Unlock()
	select {
	case r.moved <- struct{}{}:
	default:
	}
}

// take gives what is new, in the order of the builds.
func (r *stateReader) take() []slipway.Build {
	r.mu.Lock()
	defer r.mu.Unlock()
	builds := slices.SortedFunc(maps.Values(r.fresh), func(a, b slipway.Build) int { return int(a.ID - b.ID) })
	clear(r.fresh)
	return builds
}

// streamStates sends builds as they change.
func (s *server) streamStates(r *request) (any, error) {
	to := &eventSink{s.outlet(r)}
	return nil, s.streaming(r, func() error {
		reader, leave := s.states.join(r.ctx(), r.token.Team)
		defer leave()
		r.c.Header("Content-Type", eventStream)
		if err := to.beat(); err != nil { // the headers go out
			return err
		}
		beat := time.NewTicker(beatEvery)
		defer beat.Stop()
		for {
			if err := pause(r.ctx(), reader.moved, beat.C, to); err != nil {
				return err
			}
			for _, b := range reader.take() {
				if err := to.state(b); err != nil {
					return err
				}
			}
		}
	})
}

package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// repository is where statuses of an event go.
type repository struct {
	connection slipway.Connection
	services   map[slipway.ServiceName]bool
	since      time.Time // when the event arrived
}

func (f *Forges) repository(ctx context.Context, e slipway.EventRecord) (repository, error) {
	r := repository{since: e.Received, services: map[slipway.ServiceName]bool{}}
	var err error
	if r.connection, err = found(f.Sources.Connection(ctx, e.Connection)); err != nil {
		return r, err
	}
	services, err := f.Sources.ServicesOf(ctx, e.Connection)
	for _, s := range services {
		r.services[s.Name] = true
	}
	return r, err
}

// tell sets a status, unless it was the last one that was set there.
func (f *Forges) tell(ctx context.Context, to repository, commit string, s Status) error {
	id := to.connection.ID
	key := toldKey{id, commit, s.Context}
	if f.told.is(key, s) {
		return nil
	}
	if !f.breaker.closed(id) {
		return slipway.Errorf(slipway.CodeBusy, "the %s of %s did not answer lately", to.connection.Forge, to.connection.Repository)
	}
	err := f.set(ctx, to.connection, commit, s)
	code := slipway.ErrorCode(err)
	f.breaker.learn(id, code != slipway.CodeUnavailable)
	switch {
	case err == nil:
		f.told.add(key, s)
		return nil
	case code == slipway.CodeInvalid, code == slipway.CodeUsage, refused(code) && f.Now().Sub(to.since) > givenUp:
		f.Log.WarnContext(ctx, "a status will not be told", slog.String("repository", to.connection.Repository), slog.String("commit", commit),
			slog.String("context", s.Context), slog.Any("error", err))
		return nil
	}
	return err
}

func refused(code slipway.Code) bool {
	return code == slipway.CodeForbidden || code == slipway.CodeNotFound
}

func (f *Forges) set(ctx context.Context, c slipway.Connection, commit string, s Status) error {
	keys, err := f.Sources.Keys(ctx, c.ID)
	if err != nil {
		return err
	}
	setter, err := f.Setter(ctx, c, keys)
	if err != nil {
		return err
	}
	return setter.Set(ctx, commit, s)
}

type toldKey struct {
	connection      int64
	commit, context string
}

// told remembers the last statuses, so that only changes are told: forges
// bound how many a commit may have. Forgetting them costs a repetition.
type told struct {
	mu   sync.Mutex
	last map[toldKey]Status
}

// mostTold is how many are remembered: of the last thousand pushes or more.
const mostTold = 10_000

func newTold() *told { return &told{last: map[toldKey]Status{}} }

func (t *told) is(k toldKey, s Status) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, ok := t.last[k]
	return ok && last == s
}

func (t *told) add(k toldKey, s Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.last) >= mostTold {
		clear(t.last)
	}
	t.last[k] = s
}

package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// Facts are what statuses are made of, as the record has it.
type Facts interface {
	Build(ctx context.Context, id int64) (slipway.Build, error)
	Builds(ctx context.Context, p slipway.BuildPage) ([]slipway.Build, error)
	Event(ctx context.Context, id int64) (slipway.EventRecord, error)
	Unchanged(ctx context.Context, id int64) (slipway.Unchanged, error)
	UnchangedBy(ctx context.Context, event int64) ([]slipway.Unchanged, error)
}

// Setter sets a status of a commit, as its forge's API has it. CodeUnavailable
// is worth another try, CodeForbidden and CodeNotFound are for somebody to
// mend, CodeInvalid will never do.
type Setter interface {
	Set(ctx context.Context, commit string, s Status) error
}

// Forges tells forges how builds stand: it is the courier of "status". What
// it tells is how things stand when it does, so that a message that waited
// long tells nothing old.
type Forges struct {
	Facts   Facts
	Sources Sources
	// Setter gives what sets statuses of a connection's repository.
	Setter func(ctx context.Context, c slipway.Connection, keys slipway.Keys) (Setter, error)
	Base   string // URL of the page that statuses link to, without a slash at its end
	Now    func() time.Time
	Log    *slog.Logger

	once    sync.Once
	breaker *breaker
	commits locks // what a commit's summary says is read and told by one at a time
	told    *told
}

// givenUp is after how long a status that a forge refuses is not tried any
// more. One that it cannot be asked about is tried for ever.
const givenUp = 7 * 24 * time.Hour

// Deliver tells what a message is about: build:ID, unchanged:ID or event:ID.
func (f *Forges) Deliver(ctx context.Context, m slipway.Message) error {
	f.once.Do(func() { f.breaker, f.told = newBreaker(f.Now), newTold() })
	switch kind, id := about(m.Body); kind {
	case "build":
		return unlessGone(f.build(ctx, id))
	case "unchanged":
		return unlessGone(f.unchanged(ctx, id))
	case "event":
		return unlessGone(f.event(ctx, id))
	default:
		f.Log.ErrorContext(ctx, "a message of statuses makes no sense", slog.String("message", m.Body))
		return nil
	}
}

// about reads a message, KIND:ID.
func about(body string) (kind string, id int64) {
	kind, number, _ := strings.Cut(body, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", 0
	}
	return kind, id
}

// goneError says that the record does not have something any more: retention
// was quicker than the message about it.
type goneError struct{ error }

// found tells what is not in the record from what a forge does not find.
func found[T any](v T, err error) (T, error) {
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return v, goneError{err}
	}
	return v, err
}

func unlessGone(err error) error {
	if _, ok := errors.AsType[goneError](err); ok {
		return nil
	}
	return err
}

func (f *Forges) build(ctx context.Context, id int64) error {
	b, err := found(f.Facts.Build(ctx, id))
	if err != nil {
		return err
	}
	e, err := found(f.Facts.Event(ctx, b.Event))
	if err != nil {
		return err
	}
	return f.commit(ctx, e, b.Commit, &b)
}

// commit tells how a build stands, unless a later one of its service and
// commit does, and how its commit does.
func (f *Forges) commit(ctx context.Context, e slipway.EventRecord, commit string, of *slipway.Build) error {
	to, err := f.repository(ctx, e)
	if err != nil {
		return err
	}
	defer f.commits.lock(strconv.FormatInt(e.Connection, 10) + commit)()
	builds, err := f.Facts.Builds(ctx, ofCommit(to.connection, commit))
	if err != nil {
		return err
	}
	unchanged, err := f.Facts.UnchangedBy(ctx, e.ID)
	if err != nil {
		return err
	}
	now := latest(builds, to.services)
	for _, b := range now {
		if of != nil && b.Service == of.Service {
			if err := f.tell(ctx, to, commit, statusOf(b, f.Base)); err != nil {
				return err
			}
		}
	}
	return f.tell(ctx, to, commit, summaryOf(now, len(unchanged), e.ID, f.Base))
}

func (f *Forges) unchanged(ctx context.Context, id int64) error {
	u, err := found(f.Facts.Unchanged(ctx, id))
	if err != nil {
		return err
	}
	b, err := found(f.Facts.Build(ctx, u.Build))
	if err != nil {
		return err
	}
	e, err := found(f.Facts.Event(ctx, u.Event))
	if err != nil {
		return err
	}
	to, err := f.repository(ctx, e)
	if err != nil {
		return err
	}
	return f.tell(ctx, to, u.Commit, unchangedStatus(u, b, f.Base))
}

func (f *Forges) event(ctx context.Context, id int64) error {
	e, err := found(f.Facts.Event(ctx, id))
	if err != nil {
		return err
	}
	if s, ok := eventStatus(e, f.Base); ok {
		to, err := f.repository(ctx, e)
		if err != nil {
			return err
		}
		return f.tell(ctx, to, e.Event.After, s)
	}
	if e.State != slipway.EventExpanded || e.Event.Deleted() {
		return nil
	}
	unchanged, err := f.Facts.UnchangedBy(ctx, e.ID)
	if err != nil || len(unchanged) == 0 {
		return err // its builds tell
	}
	return f.commit(ctx, e, unchanged[0].Commit, nil)
}

// ofCommit asks for the builds of a commit of a connection's team: some, if
// there are more than anybody would look at.
func ofCommit(c slipway.Connection, commit string) slipway.BuildPage {
	return slipway.BuildPage{Team: c.Team, Commit: commit, Most: 2000}
}

package dispatch

import (
	"context"
	"log/slog"
	"time"

	"github.com/slipway-ci/slipway"
)

// Known is what the record knows of repositories.
type Known interface {
	Connections(ctx context.Context, team string) ([]slipway.Connection, error)
	Keys(ctx context.Context, connection int64) (slipway.Keys, error)
	// Head gives where a ref stands, as its repository was last seen to have it;
	// ok is false for one that no event has moved.
	Head(ctx context.Context, connection int64, ref string) (commit string, ok bool, err error)
	// Verify records where a branch was seen; known is false, and nothing is
	// recorded, when no event has told of that.
	Verify(ctx context.Context, connection int64, ref, commit string, seen time.Time) (known bool, err error)
	// Receive records a delivery once and gives the ids of its events.
	Receive(ctx context.Context, d slipway.Delivery) ([]int64, error)
}

// Remote asks a repository itself.
type Remote interface {
	// Heads gives the commit of each branch and tag, by the ref's full name.
	Heads(ctx context.Context, c slipway.Connection, credential slipway.Credential) (map[string]string, error)
}

// Reconciler notices what forges did not tell: a hook is lost when nobody
// listens, and most forges do not send it again. It looks at the refs that the
// record knows, and at the default branch, also when the record does not know
// that: then the push before the first hook is not lost, and a new connection
// makes one event and not one per branch. Other branches are none of its
// business until a hook names them, and deletions are not noticed. Where a ref
// stands elsewhere than it was last seen, but a hook has told of that, there is
// no event to be made: the record is told what was seen.
type Reconciler struct {
	Known       Known
	Remote      Remote
	Credentials Credentials
	Bell        Bell
	Leader      Leader
	Every       time.Duration // between two looks at a repository; 0 is 5 minutes
	Now         func() time.Time
	Log         *slog.Logger

	looks map[int64]*look
}

// look says when a repository is looked at next.
type look struct {
	due    time.Time
	failed int // in a row
}

const (
	everyLook     = 5 * time.Minute
	longestLook   = 2 * time.Hour // between two of a repository that does not answer
	lookTime      = time.Minute   // of one look
	firstLooks    = time.Minute   // in which all are looked at first, after a start
	everySchedule = 5 * time.Second
)

// Run looks until ctx ends, at one repository after the other.
func (r *Reconciler) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if r.Leader.Lead(ctx) {
			if err := r.Round(ctx); err != nil && ctx.Err() == nil {
				r.Log.ErrorContext(ctx, "repositories cannot be looked at", slog.Any("error", err))
			}
		}
		wait(ctx, nil, everySchedule)
	}
	return nil
}

// Round looks at the repositories whose time has come.
func (r *Reconciler) Round(ctx context.Context) error {
	connections, err := r.Known.Connections(ctx, "")
	if err != nil {
		return err
	}
	looks := map[int64]*look{}
	for _, c := range connections {
		l := r.looks[c.ID]
		if l == nil {
			l = &look{due: r.Now().Add(spread(c.ID, 0, firstLooks))}
			if c.Default == "" {
				l.due = r.Now() // what is superseded and which tags move hangs on it
			}
		}
		looks[c.ID] = l
		if r.Now().Before(l.due) || ctx.Err() != nil {
			continue
		}
		r.next(ctx, c, l, safely(func() error { return r.look(ctx, c) }))
	}
	r.looks = looks
	return nil
}

// next says when to look again: later each time that there is no answer, and
// not all at the same moment.
func (r *Reconciler) next(ctx context.Context, c slipway.Connection, l *look, err error) {
	every := r.Every
	if every <= 0 {
		every = everyLook
	}
	if err == nil {
		l.failed = 0
	} else {
		if l.failed++; l.failed == 1 {
			r.Log.WarnContext(ctx, "a repository cannot be looked at", slog.String("repository", c.Repository), slog.Any("error", err))
		}
		every = min(every<<min(l.failed, 10), max(longestLook, every))
	}
	l.due = r.Now().Add(every - every/8 + spread(c.ID, r.Now().Unix(), every/4))
}

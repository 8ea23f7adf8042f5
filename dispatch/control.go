package dispatch

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/slipway-ci/slipway"
)

// Attempts are the attempts at builds, as the record has them. A stale one is
// CodeConflict.
type Attempts interface {
	Build(ctx context.Context, id int64) (slipway.Build, error)
	Claim(ctx context.Context, build int64, worker string, at, lease time.Time) (slipway.Attempt, error)
	Renew(ctx context.Context, a slipway.Attempt, lease time.Time) error
	Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error
	Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome, at time.Time) error
}

// Reported is what workers report besides.
type Reported interface {
	Event(ctx context.Context, id int64) (slipway.EventRecord, error)
	Expand(ctx context.Context, event int64, x slipway.Expansion, p slipway.ExpandPolicy, at time.Time) (slipway.Expanded, error)
	HoldKey(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (bool, error)
	SeeWorker(ctx context.Context, r slipway.WorkerReport, at time.Time) error
	Workers(ctx context.Context) ([]slipway.Worker, error)
}

// Sources are where services come from and what they are given.
type Sources interface {
	Connection(ctx context.Context, id int64) (slipway.Connection, error)
	Keys(ctx context.Context, connection int64) (slipway.Keys, error)
	ServicesOf(ctx context.Context, connection int64) ([]slipway.Service, error)
	// Secrets of a service are its own and its team's.
	Secrets(ctx context.Context, of slipway.ServiceName) (map[string]string, error)
	// Policy is what a team has decided about the image contract.
	Policy(ctx context.Context, team string) (slipway.Policy, error)
}

// Credentials makes of a connection's keys what a repository is opened with
// now: a GitHub App's is exchanged for a token.
type Credentials interface {
	Credential(ctx context.Context, c slipway.Connection, keys slipway.Keys) (slipway.Credential, error)
}

// Stamper makes an image of a content image that is in the registry.
type Stamper interface {
	Stamp(ctx context.Context, service slipway.ServiceName, content string, key slipway.BuildKey, r slipway.Revision) (slipway.Image, error)
}

// Control answers workers. A worker's name is who it is authenticated as, also
// in an Attempt; one may report of its own attempts only (CodeForbidden), and
// gets only what its daemons may see. A nil error means that the record has
// it. It is safe for concurrent use, and keeps nothing.
type Control struct {
	Attempts    Attempts
	Reported    Reported
	Sources     Sources
	Credentials Credentials
	Stamper     Stamper
	Bell        Bell
	Push        func(slipway.ServiceName, time.Time) slipway.Credential // makes what opens a service's images until a time; nil: workers need nothing
	Wall        time.Duration                                           // limit of an attempt; 0 is 30 minutes
	Silence     time.Duration                                           // limit of time without output; 0 is 10 minutes
	Now         func() time.Time
	Log         *slog.Logger
}

// Renew extends an attempt's lease and gives how long it is.
func (c *Control) Renew(ctx context.Context, a slipway.Attempt) (time.Duration, error) {
	if _, err := c.own(ctx, a); err != nil {
		return 0, err
	}
	return Lease, c.Attempts.Renew(ctx, a, c.Now().Add(Lease))
}

// Append adds a chunk to an attempt's log.
func (c *Control) Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error {
	if _, err := c.own(ctx, a); err != nil {
		return err
	}
	if err := c.Attempts.Append(ctx, a, number, data); err != nil {
		return err
	}
	c.ring(a.Build)
	return nil
}

// Holder tells whether an attempt is the one that builds what has this key.
func (c *Control) Holder(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (bool, error) {
	if _, err := c.own(ctx, a); err != nil {
		return false, err
	}
	return c.Reported.HoldKey(ctx, a, key)
}

// Report records what a worker says of itself.
func (c *Control) Report(ctx context.Context, r slipway.WorkerReport) error {
	return c.Reported.SeeWorker(ctx, r, c.Now())
}

// own gives the build of an attempt, when the attempt is the current one and
// the worker's own.
func (c *Control) own(ctx context.Context, a slipway.Attempt) (slipway.Build, error) {
	b, err := c.Attempts.Build(ctx, a.Build)
	switch {
	case err != nil:
		return b, err
	case b.Attempt != a.Number || b.State != slipway.BuildRunning:
		return b, slipway.Errorf(slipway.CodeConflict, "attempt %d at build %d is not the current one any more", a.Number, a.Build).
			WithHint("stop: what it does is not wanted, and another worker may be at it")
	case b.Worker != a.Worker:
		return b, slipway.Errorf(slipway.CodeForbidden, "attempt %d at build %d is not the worker %s's", a.Number, a.Build, a.Worker)
	}
	return b, nil
}

func (c *Control) ring(build int64) { c.Bell.Ring(RingBuild + strconv.FormatInt(build, 10)) }

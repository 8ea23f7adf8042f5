package dispatch

import (
	"context"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Stamp makes the image of an attempt's content image. The commit is the
// build's, whatever the worker says: of the revision only the time is taken.
// A stale attempt writes no tag.
func (c *Control) Stamp(ctx context.Context, a slipway.Attempt, content string, key slipway.BuildKey, r slipway.Revision) (slipway.Image, error) {
	b, err := c.own(ctx, a)
	if err != nil {
		return slipway.Image{}, err
	}
	if r.SHA != b.Commit || r.Dirty {
		return slipway.Image{}, slipway.Errorf(slipway.CodeForbidden, "build %d is of commit %.8s and not of %.8s", b.ID, b.Commit, r)
	}
	e, err := c.Reported.Event(ctx, b.Event)
	if err != nil {
		return slipway.Image{}, err
	}
	connection, err := c.Sources.Connection(ctx, e.Connection)
	if err != nil {
		return slipway.Image{}, err
	}
	return c.Stamper.Stamp(ctx, b.Service, content, key, revisionOf(b, connection, r))
}

// maxReason is the longest sentence of an outcome that is kept, in bytes.
const maxReason = 4 << 10

// Finish ends an attempt.
func (c *Control) Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome) error {
	b, err := c.own(ctx, a)
	if err != nil {
		return err
	}
	if o.State == slipway.BuildSucceeded && (o.Image.Service != b.Service || o.Image.Digest == "") {
		return slipway.Errorf(slipway.CodeForbidden, "build %d is of %s, and cannot end with an image of %s", b.ID, b.Service, o.Image.Service)
	}
	if len(o.Reason) > maxReason {
		o.Reason = strings.ToValidUTF8(o.Reason[:maxReason], "") + "…"
	}
	if err := c.Attempts.Finish(ctx, a, chunks, o, c.Now()); err != nil {
		return err
	}
	c.ring(a.Build)
	c.Bell.Ring(RingDispatch)
	c.Bell.Ring(RingOutbox)
	return nil
}

// Task gives what there is to know to expand an event; CodeConflict when it
// does not wait for that.
func (c *Control) Task(ctx context.Context, worker string, event int64) (slipway.Task, error) {
	e, connection, err := c.event(ctx, worker, event)
	if err != nil {
		return slipway.Task{}, err
	}
	if e.State != slipway.EventPending {
		return slipway.Task{}, slipway.Errorf(slipway.CodeConflict, "event %d is %s", event, e.State)
	}
	t := slipway.Task{Event: event, Team: connection.Team}
	ref := e.Event.Ref
	if e.Event.Pull != nil {
		ref = fetchRef(connection.Forge, e.Event.Pull.Number)
	}
	if t.Origin, err = c.origin(ctx, connection, ref, pinned(e.Event)); err != nil {
		return slipway.Task{}, err
	}
	t.Services, err = c.Sources.ServicesOf(ctx, connection.ID)
	return t, err
}

// pinned is the commit that an event is about whatever happened to its ref
// since: each commit that was pushed is built, a pull request's may have been
// approved, and one may have been named. Of a tag it is none: what a forge
// says of an annotated one is the tag's own id.
func pinned(e slipway.Event) string {
	if e.Kind == slipway.EventTag {
		return ""
	}
	return e.After
}

// Expanded records what a worker found at an event's commit. Again, it is
// nothing.
func (c *Control) Expanded(ctx context.Context, worker string, event int64, x slipway.Expansion) error {
	e, connection, err := c.event(ctx, worker, event)
	if err != nil {
		return err
	}
	if x.Problem == nil {
		if want := pinned(e.Event); !slipway.ValidObjectID(x.Commit) || want != "" && x.Commit != want {
			return slipway.Errorf(slipway.CodeForbidden, "event %d is not about commit %.100q", event, x.Commit)
		}
	}
	if !slipway.ValidObjectID(x.Head) {
		x.Head = ""
	}
	done, err := c.Reported.Expand(ctx, event, x, policyOf(connection, e.Event), c.Now())
	if err != nil {
		return err
	}
	for _, id := range done.Builds {
		c.ring(id)
	}
	c.Bell.Ring(RingDispatch)
	c.Bell.Ring(RingOutbox)
	return nil
}

// event reads an event of which a worker asks or tells, when it serves such:
// one that runs strangers' code says nothing about members'.
func (c *Control) event(ctx context.Context, worker string, id int64) (e slipway.EventRecord, connection slipway.Connection, err error) {
	if e, err = c.Reported.Event(ctx, id); err != nil {
		return e, connection, err
	}
	if connection, err = c.Sources.Connection(ctx, e.Connection); err != nil {
		return e, connection, err
	}
	w, err := c.worker(ctx, worker)
	if err != nil {
		return e, connection, err
	}
	return e, connection, serving(w, policyOf(connection, e.Event).Trust)
}

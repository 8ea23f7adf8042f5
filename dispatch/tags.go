package dispatch

import (
	"context"
	"log/slog"
	"slices"

	"github.com/slipway-ci/slipway"
)

// Tagger gives an image a moving tag, which may have been another image's.
type Tagger interface {
	Tag(ctx context.Context, image slipway.Image, tag string) error
}

// Moves are what moved refs, as the record has it.
type Moves interface {
	Head(ctx context.Context, connection int64, ref string) (commit string, ok bool, err error)
	// Events gives a connection's events, newest first.
	Events(ctx context.Context, connection, before int64, most int) ([]slipway.EventRecord, error)
}

// mostMoves is how many events are looked through for the one that last moved
// a ref.
const mostMoves = 500

// Tags moves tags: it is the courier of "tags", whose messages are ids of
// builds that succeeded. A branch's tag is that of its head, as an event last
// moved it: a build of an older commit moves nothing, unless the head did not
// change the service, and neither does a build that another one of the same
// commit came after.
type Tags struct {
	Facts   Facts
	Sources Sources
	Moves   Moves
	Tagger  Tagger
	Log     *slog.Logger
}

// Deliver moves the tags of a build's image.
func (t *Tags) Deliver(ctx context.Context, m slipway.Message) error {
	_, id := about("build:" + m.Body)
	if id == 0 {
		t.Log.ErrorContext(ctx, "a message of tags makes no sense", slog.String("message", m.Body))
		return nil
	}
	return unlessGone(t.move(ctx, id))
}

func (t *Tags) move(ctx context.Context, build int64) error {
	b, err := found(t.Facts.Build(ctx, build))
	if err != nil || !moves(b) {
		return err
	}
	e, err := found(t.Facts.Event(ctx, b.Event))
	if err != nil {
		return err
	}
	c, err := found(t.Sources.Connection(ctx, e.Connection))
	if err != nil {
		return err
	}
	stands, err := t.stands(ctx, c, b)
	if err != nil || !stands {
		return err
	}
	for _, tag := range slipway.MovingTags(b.Ref, c.Default) {
		if err := t.Tagger.Tag(ctx, b.Image, tag); err != nil {
			return err
		}
	}
	return nil
}

// moves tells whether a build may move tags at all.
func moves(b slipway.Build) bool {
	e := slipway.Event{Ref: b.Ref}
	return b.State == slipway.BuildSucceeded && b.Pull == 0 && b.Trust == slipway.TrustMember && e.Branch() != ""
}

// stands tells whether a build's image is what its service is at the head of
// its ref. While that is not known yet, it is an error: to be asked again.
func (t *Tags) stands(ctx context.Context, c slipway.Connection, b slipway.Build) (bool, error) {
	head, ok, err := t.Moves.Head(ctx, c.ID, b.Ref)
	if err != nil || ok && head == "" { // it was deleted
		return false, err
	}
	builds, err := t.Facts.Builds(ctx, ofCommit(c, b.Commit))
	if err != nil {
		return false, err
	}
	later := func(o slipway.Build) bool {
		return o.ID > b.ID && o.Service == b.Service && o.Ref == b.Ref && moves(o)
	}
	if slices.ContainsFunc(builds, later) {
		return false, nil
	}
	if head == b.Commit || !ok { // no event moved the ref: somebody asked for this build
		return true, nil
	}
	return t.standsBy(ctx, c.ID, b)
}

// standsBy asks the event that last moved the ref. Its builds are of where a
// worker found the ref, which may be further than the event knew; or it left
// the service as it was.
func (t *Tags) standsBy(ctx context.Context, connection int64, b slipway.Build) (bool, error) {
	events, err := t.Moves.Events(ctx, connection, 0, mostMoves)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(events, func(e slipway.EventRecord) bool { return moved(e, b.Ref) })
	switch {
	case i < 0:
		return false, nil
	case events[i].ID == b.Event:
		return true, nil
	case events[i].State == slipway.EventPending:
		return false, slipway.Errorf(slipway.CodeBusy, "it is not known yet whether the head of %s changed %s", b.Ref, b.Service)
	}
	unchanged, err := t.Facts.UnchangedBy(ctx, events[i].ID)
	return slices.ContainsFunc(unchanged, func(u slipway.Unchanged) bool { return u.Service == b.Service && u.Build == b.ID }), err
}

func moved(e slipway.EventRecord, ref string) bool {
	return e.Event.Kind == slipway.EventPush && e.Event.Ref == ref && e.State != slipway.EventDuplicate
}

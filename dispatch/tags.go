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
	// Head gives where a ref stands, as its repository was last seen to have it;
	// ok is false for one that no event has moved.
	Head(ctx context.Context, connection int64, ref string) (commit string, ok bool, err error)
	// Moved gives the event that last moved a branch to a commit; CodeNotFound
	// when none did.
	Moved(ctx context.Context, connection int64, ref, commit string) (slipway.EventRecord, error)
}

// mostOfCommit is how many builds of a service at one commit are looked
// through.
const mostOfCommit = 100

// Tags moves tags: it is the courier of "tags", whose messages are ids of
// builds that succeeded. A message says of which service and branch there is
// something to look at; what the tags are moved to is what that service is at
// the branch's head by now, whatever order hooks, builds and messages came in.
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
	at, there, err := t.standing(ctx, c, b)
	if err != nil || !there {
		return err
	}
	for _, tag := range slipway.MovingTags(at.Ref, c.Default) {
		if err := t.Tagger.Tag(ctx, at.Image, tag); err != nil {
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

// standing gives the build that a build's service is at the head of its ref,
// when there is one: the last that was made of that commit, else what the
// event that moved the ref there left as it was. While nobody knows what that
// event changed there is none: once it is known there are messages of what it
// did not.
func (t *Tags) standing(ctx context.Context, c slipway.Connection, b slipway.Build) (at slipway.Build, there bool, err error) {
	head, moved, err := t.Moves.Head(ctx, c.ID, b.Ref)
	if err != nil || moved && head == "" { // it was deleted
		return at, false, err
	}
	if !moved { // somebody asked for this build
		head = b.Commit
	}
	at, there, err = t.newest(ctx, b, head)
	if err != nil || there || !moved {
		return at, there, err
	}
	e, err := found(t.Moves.Moved(ctx, c.ID, b.Ref, head))
	if err != nil {
		return at, false, err
	}
	return t.unchanged(ctx, e.ID, b.Service)
}

// newest gives the last build of a build's service, of a commit on its ref,
// that may move tags.
func (t *Tags) newest(ctx context.Context, of slipway.Build, commit string) (slipway.Build, bool, error) {
	builds, err := t.Facts.Builds(ctx, slipway.BuildPage{
		Team: of.Service.Team, Name: of.Service.Name, Ref: of.Ref, Commit: commit, State: slipway.BuildSucceeded, Most: mostOfCommit,
	})
	i := slices.IndexFunc(builds, moves)
	if err != nil || i < 0 {
		return slipway.Build{}, false, err
	}
	return builds[i], true, nil
}

// unchanged gives the build that an event left a service as.
func (t *Tags) unchanged(ctx context.Context, event int64, service slipway.ServiceName) (slipway.Build, bool, error) {
	all, err := t.Facts.UnchangedBy(ctx, event)
	i := slices.IndexFunc(all, func(u slipway.Unchanged) bool { return u.Service == service })
	if err != nil || i < 0 {
		return slipway.Build{}, false, err
	}
	b, err := found(t.Facts.Build(ctx, all[i].Build))
	return b, err == nil && moves(b), err
}

package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// Events are what happened to repositories, as the record has it.
type Events interface {
	// Pending gives up to most events that were not expanded yet, oldest first.
	Pending(ctx context.Context, most int) ([]slipway.EventRecord, error)
	Connection(ctx context.Context, id int64) (slipway.Connection, error)
	// Hold keeps an event until a maintainer approves it.
	Hold(ctx context.Context, event int64, note string) error
	// Expand says what an event asks for.
	Expand(ctx context.Context, event int64, x slipway.Expansion, p slipway.ExpandPolicy, at time.Time) (slipway.Expanded, error)
}

// Notes says of an event that waits why it does, for those who look.
type Notes interface {
	// Note changes nothing of an event that does not wait any more.
	Note(ctx context.Context, event int64, note string) error
}

// Priorities within a team.
const (
	priorityAsked = 20 // somebody waits for it
	priorityMain  = 10 // what is shipped: the default branch and tags
)

// policyOf is how an event of a connection is treated.
func policyOf(c slipway.Connection, e slipway.Event) slipway.ExpandPolicy {
	p := slipway.ExpandPolicy{Default: c.Default, Required: c.Required, Trust: slipway.TrustMember}
	switch {
	case e.Fork():
		p.Trust = slipway.TrustStranger
	case e.Kind == slipway.EventManual || e.Kind == slipway.EventJenkins:
		p.Priority = priorityAsked
	case e.Pull == nil && (e.Ref == c.Default || e.Kind == slipway.EventTag):
		p.Priority = priorityMain
	}
	return p
}

const (
	// ofConnection is how many events of one repository are expanded at once:
	// one whose host does not answer keeps no worker from the others.
	ofConnection = 4
	// longest an offer of an event stands. The first stands as long as that of
	// a build, each further one twice as long: a first clone takes minutes.
	longestOffer = 2 * time.Minute
)

// expand offers events that wait. Those of one ref go one after the other, so
// that none overtakes another. What is wrong with one event keeps back no
// other (stuck); without a queue there is nothing to do for any (err).
func (d *Dispatcher) expand(ctx context.Context, workers []slipway.Worker) (stuck, err error) {
	events, err := d.Events.Pending(ctx, mostEvents)
	if err != nil {
		return nil, err
	}
	tries := map[int64]int{}
	for _, e := range inTurn(events) {
		tries[e.ID] = d.tries[e.ID]
		if d.Now().Sub(e.Offered) < min(offered<<min(max(tries[e.ID]-1, 0), 10), longestOffer) {
			continue
		}
		var worker string
		wrong := safely(func() (err error) {
			worker, err = d.route(ctx, e, workers)
			return err
		})
		if wrong != nil {
			stuck = errors.Join(stuck, fmt.Errorf("event %d: %w", e.ID, wrong))
			continue
		}
		if worker == "" {
			continue
		}
		tries[e.ID]++
		if err := d.offer(ctx, slipway.Job{Kind: slipway.JobExpand, ID: e.ID}, worker); err != nil {
			return stuck, err
		}
	}
	d.tries = tries
	return stuck, nil
}

// inTurn gives the events that may be expanded now.
func inTurn(events []slipway.EventRecord) (turn []slipway.EventRecord) {
	refs, busy := map[string]bool{}, map[int64]int{}
	for _, e := range events {
		key := headKey(e)
		if refs[key] || busy[e.Connection] >= ofConnection {
			continue
		}
		refs[key] = true
		busy[e.Connection]++
		turn = append(turn, e)
	}
	return turn
}

// route decides what becomes of an event: a worker that it goes to, or none,
// because none may have it now or because it is settled already.
func (d *Dispatcher) route(ctx context.Context, e slipway.EventRecord, workers []slipway.Worker) (worker string, err error) {
	c, err := d.Events.Connection(ctx, e.Connection)
	if err != nil {
		return "", err
	}
	p := policyOf(c, e.Event)
	switch fork := e.Event.Fork() && e.Approved == ""; {
	case e.Event.Deleted():
		return "", d.settle(ctx, e, slipway.Expansion{Commit: e.Event.After}, p)
	case !fork || c.Forks == slipway.ForksBuild:
		worker = d.reader(e, p.Trust, workers)
		return worker, d.explain(ctx, e, p.Trust, worker)
	case c.Forks == slipway.ForksApprove:
		err := d.Events.Hold(ctx, e.ID, "it comes from outside of the repository, and a maintainer has not approved this commit yet")
		d.Bell.Ring(RingOutbox)
		return "", unlessConflict(err)
	}
	return "", d.settle(ctx, e, slipway.Expansion{Problem: &slipway.Problem{
		Code: slipway.CodeForbidden, Message: "pull requests from outside of the repository are not built",
		Hint: "a maintainer of the team may allow them, all or each commit after a look",
	}}, p)
}

// patientOffers is after how many offers an event says that something is wrong.
const patientOffers = 3

// explain says of an event that waits why it does: nobody may take it, or
// those who took it could not read its repository.
func (d *Dispatcher) explain(ctx context.Context, e slipway.EventRecord, trust slipway.Trust, worker string) error {
	note := ""
	switch tries := d.tries[e.ID]; {
	case worker == "":
		note = "it waits: no worker that is well serves " + whose(trust)
	case tries >= patientOffers:
		note = fmt.Sprintf("it waits: its repository was not read in %d tries, the last time by the worker %s, whose log says why", tries, e.OfferedTo)
	}
	if note == "" || note == e.Note {
		return nil
	}
	return d.Notes.Note(ctx, e.ID, note)
}

// settle says what becomes of an event that no worker has to look at.
func (d *Dispatcher) settle(ctx context.Context, e slipway.EventRecord, x slipway.Expansion, p slipway.ExpandPolicy) error {
	x.Read = d.Now()
	_, err := d.Events.Expand(ctx, e.ID, x, p, d.Now())
	d.Bell.Ring(RingOutbox)
	return unlessConflict(err)
}

// unlessConflict forgives that somebody else was quicker.
func unlessConflict(err error) error {
	if slipway.ErrorCode(err) == slipway.CodeConflict {
		return nil
	}
	return err
}

// headKey names what an event moves.
func headKey(e slipway.EventRecord) string {
	if e.Event.Pull != nil {
		return join(e.Connection, "pull", int64(e.Event.Pull.Number))
	}
	return join(e.Connection, e.Event.Ref, 0)
}

// reader chooses the worker that has the repository at hand; slots do not
// matter, since reading takes none.
func (d *Dispatcher) reader(e slipway.EventRecord, trust slipway.Trust, workers []slipway.Worker) string {
	f := newFloor(Scene{Now: d.Now(), Workers: workers, Platform: d.platform()})
	var best bench
	key := join(e.Connection, "", 0)
	for _, w := range f.benches {
		if w.ill != "" || !slices.Contains(w.Trust, trust) {
			continue
		}
		missed, bestMissed := w.Name == e.OfferedTo, best.Name == e.OfferedTo
		if best.Name == "" || missed != bestMissed && bestMissed || missed == bestMissed && affinity(key, w.Name) > affinity(key, best.Name) {
			best = w
		}
	}
	return best.Name
}

package jenkins

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// aborted is what Jenkins calls a run that somebody stopped.
const aborted = "ABORTED"

// lostAfter is after how long a run that is neither in Jenkins' queue nor among
// its job's runs is asked for again: what is just being made is in neither.
const lostAfter = 30 * time.Second

// following is one round at a controller.
type following struct {
	follower *Follower
	link     *link
	at       map[Place]bool   // what is at work there
	waits    map[int64]string // items of its queue, and why they wait
	back     bool             // the controller may have been away before this round
}

func (r *following) courier() *Courier { return r.follower.Courier }

// one looks at a run. An error says that the controller does not answer, or
// the record.
func (r *following) one(ctx context.Context, run slipway.JenkinsRun) error {
	b, err := r.courier().Builds.Build(ctx, run.Build)
	if err != nil {
		return unlessGone(err)
	}
	if run.State == slipway.RunQueued {
		err = r.queued(ctx, run, b)
	} else {
		err = r.runs(ctx, run, b)
	}
	code := slipway.ErrorCode(err)
	if err == nil || code == slipway.CodeUnavailable || code == slipway.CodeInternal || ctx.Err() != nil {
		return err
	}
	// This run cannot be followed; others can.
	if code == slipway.CodeNotFound || r.courier().Now().Sub(run.Changed) > givenUp {
		return r.save(ctx, run, slipway.RunLost, sentence(err))
	}
	return r.note(ctx, run, sentence(err))
}

func (r *following) save(ctx context.Context, run slipway.JenkinsRun, state slipway.JenkinsRunState, note string) error {
	run.State, run.Note, run.Changed = state, note, r.courier().Now()
	return unlessGone(r.courier().Runs.SaveJenkinsRun(ctx, run))
}

// note says of a run why it waits, and leaves when it changed.
func (r *following) note(ctx context.Context, run slipway.JenkinsRun, note string) error {
	if run.Note == note {
		return nil
	}
	run.Note = note
	return unlessGone(r.courier().Runs.SaveJenkinsRun(ctx, run))
}

// unwanted tells that somebody here wants a run to end.
func unwanted(run slipway.JenkinsRun, b slipway.Build) bool {
	if run.Kind == slipway.RunDownstream {
		return run.Stop
	}
	return b.State == slipway.BuildCancelled || b.State == slipway.BuildSuperseded
}

// queued looks whether what was asked for has begun.
func (r *following) queued(ctx context.Context, run slipway.JenkinsRun, b slipway.Build) error {
	if why, waits := r.waits[run.Item]; waits && !unwanted(run, b) {
		return r.note(ctx, run, why)
	}
	now, err := r.link.Resolve(ctx, run.Job, run.Item, run.Build)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return r.unfound(ctx, run, b)
	}
	if err != nil {
		return err
	}
	run.Item = now.Item
	switch {
	case now.Waiting && unwanted(run, b):
		return r.unqueue(ctx, run)
	case now.Waiting:
		return r.note(ctx, run, now.Why)
	case now.Number == 0: // somebody took it out of the queue
		run.Result = aborted
		return r.ended(ctx, run, b, "it was taken out of Jenkins' queue")
	}
	run.Number, run.URL = now.Number, now.URL
	if run.Kind == slipway.RunShows && !b.State.Ended() {
		if err := r.describe(ctx, run, b); err != nil {
			return err
		}
	}
	if err := r.save(ctx, run, slipway.RunRuns, ""); err != nil {
		return err
	}
	run.State, run.Note = slipway.RunRuns, ""
	return r.runs(ctx, run, b)
}

// unqueue takes what nobody wants any more out of the queue. It may have
// begun meanwhile, and is looked at again then.
func (r *following) unqueue(ctx context.Context, run slipway.JenkinsRun) error {
	err := r.link.Unqueue(ctx, run.Item)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	run.Result = aborted
	return r.save(ctx, run, slipway.RunEnded, "it was cancelled before it began")
}

// unfound sends again what Jenkins has lost, with its queue.
func (r *following) unfound(ctx context.Context, run slipway.JenkinsRun, b slipway.Build) error {
	if r.courier().Now().Sub(run.Changed) < lostAfter {
		return nil
	}
	if unwanted(run, b) {
		return r.save(ctx, run, slipway.RunLost, "Jenkins does not know it any more")
	}
	run.State, run.Item = slipway.RunAsked, 0
	s := &sending{courier: r.courier(), link: r.link, build: b, run: run, kept: run}
	var err error
	if run.Kind == slipway.RunDownstream {
		err = s.downstream(ctx, run.Job)
	} else {
		err = s.follow(ctx)
	}
	if hopeless(err) {
		return r.save(ctx, run, slipway.RunLost, sentence(err))
	}
	if err != nil { // it stays one to follow
		return r.save(ctx, run, slipway.RunQueued, sentence(err))
	}
	return nil
}

// runs looks how far a run is that has begun. What is at work there is not
// asked about one by one.
func (r *following) runs(ctx context.Context, run slipway.JenkinsRun, b slipway.Build) error {
	if !r.at[Place{run.Job, run.Number}] {
		now, err := r.link.runOf(ctx, run.Job, run.Number, run.Build)
		if err != nil {
			return err
		}
		if !now.Building {
			run.URL, run.Result = now.URL, now.Result
			if !b.State.Ended() { // it was read before Jenkins was asked, and may be why the run ended
				if b, err = r.courier().Builds.Build(ctx, run.Build); err != nil {
					return err
				}
			}
			return r.ended(ctx, run, b, "")
		}
	}
	if unwanted(run, b) {
		return r.stop(ctx, run)
	}
	return nil
}

package jenkins

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/slipway-ci/slipway"
)

// stop is asked for once, and again only when a while has gone.
func (r *following) stop(ctx context.Context, run slipway.JenkinsRun) error {
	const asked = "it is being stopped"
	if run.Note == asked && r.courier().Now().Sub(run.Changed) < stopAgain {
		return nil
	}
	if now, err := r.link.runOf(ctx, run.Job, run.Number, run.Build); err != nil || !now.Building {
		return err // somebody else's, or the next round sees how it ended
	}
	if err := r.link.Stop(ctx, run.Job, run.Number); err != nil {
		return err
	}
	return r.save(ctx, run, slipway.RunRuns, asked)
}

// stopAgain is when a run that did not end is stopped once more.
const stopAgain = 15 * time.Second

// ended says how a run ended, and cancels the build that somebody aborted
// there. After an outage nobody may have: a controller that goes down aborts
// what runs on it, or calls it failed. Such a run tells nothing of the build,
// which is shown again.
func (r *following) ended(ctx context.Context, run slipway.JenkinsRun, b slipway.Build, note string) error {
	if run.Kind != slipway.RunShows {
		return r.save(ctx, run, slipway.RunEnded, note)
	}
	if r.back && !unwanted(run, b) && !tells(run, b) {
		return r.again(ctx, run, b)
	}
	note, err := r.closing(ctx, run, b, note)
	if err != nil {
		return err
	}
	return r.save(ctx, run, slipway.RunEnded, note)
}

// tells tells whether a run ended as its build did.
func tells(run slipway.JenkinsRun, b slipway.Build) bool {
	return b.State == slipway.BuildSucceeded && run.Result == "SUCCESS" || b.State == slipway.BuildFailed && run.Result == "FAILURE"
}

// again shows a build by another run. The one that was is named first, so that
// it says whose it was.
func (r *following) again(ctx context.Context, run slipway.JenkinsRun, b slipway.Build) error {
	if err := r.describe(ctx, run, b); err != nil {
		return err
	}
	next := slipway.JenkinsRun{Build: run.Build, Kind: run.Kind, Controller: run.Controller, Job: run.Job, State: slipway.RunWaits}
	s := &sending{courier: r.courier(), link: r.link, build: b, run: next, kept: next}
	err := s.follow(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if Unknown(err) { // it may have begun, and is looked for among the newest
		return r.save(ctx, next, slipway.RunQueued, sentence(err))
	}
	// It is followed as it was, and the next round is the first after an outage.
	run.Result = ""
	return errors.Join(err, r.save(ctx, run, slipway.RunRuns, sentence(err)))
}

func (r *following) closing(ctx context.Context, run slipway.JenkinsRun, b slipway.Build, note string) (string, error) {
	switch {
	case b.State.Ended() && !unwanted(run, b):
		return note, r.describe(ctx, run, b)
	case b.State.Ended():
		return note, nil
	case run.Result != aborted:
		return "it ended in Jenkins while the build went on", nil
	}
	where := run.URL
	if where == "" {
		where = run.Job
	}
	err := r.courier().Builds.Cancel(ctx, b.ID, "aborted in Jenkins: "+where, r.courier().Now())
	if slipway.ErrorCode(err) == slipway.CodeConflict {
		err = nil // it has ended by itself
	}
	if err == nil && r.courier().Cancelled != nil {
		r.courier().Cancelled(b)
	}
	return note, err
}

// describe names a run as its build is named, and says what there is to say.
// That Jenkins does not take it is no reason to follow it no longer.
func (r *following) describe(ctx context.Context, run slipway.JenkinsRun, b slipway.Build) error {
	if run.Number == 0 {
		return nil
	}
	e, err := r.courier().Builds.Event(ctx, b.Event)
	if err != nil && slipway.ErrorCode(err) != slipway.CodeNotFound {
		return err
	}
	err = r.link.Describe(ctx, run.Job, run.Number, nameOf(b), descriptionOf(b, e.Event, r.courier().Base))
	if err == nil || slipway.ErrorCode(err) == slipway.CodeUnavailable || ctx.Err() != nil {
		return err
	}
	r.courier().Log.WarnContext(ctx, "a run in Jenkins cannot be named", slog.String("run", fmt.Sprintf("%s #%d", run.Job, run.Number)), slog.Any("error", err))
	return nil
}

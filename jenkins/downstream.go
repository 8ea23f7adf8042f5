package jenkins

import (
	"context"
	"log/slog"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Downstream has Jenkins do what comes after a build: it delivers "build:ID"
// of successes. A Follower follows what it starts.
type Downstream struct{ *Courier }

// Deliver starts the service's downstream job for a build, once.
func (d Downstream) Deliver(ctx context.Context, m slipway.Message) error {
	id, err := strconv.ParseInt(strings.TrimPrefix(m.Body, "build:"), 10, 64)
	if err == nil {
		return unlessGone(d.after(ctx, id))
	}
	d.Log.ErrorContext(ctx, "a message for Jenkins makes no sense", slog.String("message", m.Body))
	return nil
}

func (d Downstream) after(ctx context.Context, id int64) error {
	b, err := d.Builds.Build(ctx, id)
	if err != nil {
		return err
	}
	job, err := d.Runs.Downstream(ctx, b.Service)
	if err != nil || job == "" {
		return err
	}
	l, err := d.Links.forTeam(ctx, b.Service.Team)
	if err != nil {
		return err
	}
	run, err := d.Runs.JenkinsRun(ctx, id, slipway.RunDownstream)
	switch {
	case slipway.ErrorCode(err) == slipway.CodeNotFound:
		run = slipway.JenkinsRun{Build: id, Kind: slipway.RunDownstream, Controller: l.ID, Job: job, State: slipway.RunWaits}
	case err != nil:
		return err
	case run.State != slipway.RunWaits && run.State != slipway.RunAsked:
		return nil
	}
	if run.Controller != l.ID || run.Job != job {
		run.Controller, run.State = l.ID, slipway.RunWaits
	}
	s := &sending{courier: d.Courier, link: l, build: b, run: run, kept: run}
	if run.Stop && run.State == slipway.RunWaits {
		s.run.Result = aborted
		return s.save(ctx, slipway.RunEnded, "it was cancelled before it began")
	}
	if err := l.resting(); err != nil {
		return err
	}
	err = s.settle(ctx, s.downstream(ctx, job))
	if slipway.ErrorCode(err) == slipway.CodeNotFound { // Jenkins has no such job yet: it may come
		return slipway.Errorf(slipway.CodeUnavailable, "%s", err)
	}
	return err
}

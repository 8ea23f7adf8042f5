package jenkins

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Courier shows builds in Jenkins: it delivers "build:ID", "provision:NAME"
// and "remove:NAME". It starts what is to be seen there, and a Follower
// follows it. No build fails by it.
type Courier struct {
	Builds  Builds
	Runs    Runs
	Links   *Links
	Tickets slipway.TicketKey
	Base    string                     // URL of Slipway as Jenkins and people reach it, without a slash at its end
	Line    func(stored []byte) string // a line of a stored log for people, with its end; "" for none
	Now     func() time.Time
	Log     *slog.Logger

	// Cancelled wakes those who wait for a build, and its worker, when it was
	// aborted in Jenkins; nil: they find out.
	Cancelled func(slipway.Build)
}

// givenUp is after how long a report is let go that Jenkins refuses or comes to
// grief with. One about which Jenkins cannot be asked waits for ever.
const givenUp = 24 * time.Hour

// Deliver does what a message says. What Jenkins will never take is noted on
// the build's run, and is no error.
func (c *Courier) Deliver(ctx context.Context, m slipway.Message) error {
	kind, what, _ := strings.Cut(m.Body, ":")
	switch kind {
	case "build":
		id, err := strconv.ParseInt(what, 10, 64)
		if err == nil {
			return c.build(ctx, id)
		}
	case "provision", "remove":
		name, err := slipway.ParseServiceName(what)
		if err == nil {
			return c.job(ctx, kind, name)
		}
	}
	c.Log.ErrorContext(ctx, "a message for Jenkins makes no sense", slog.String("message", m.Body))
	return nil
}

// job provisions or removes a service's job. What is not done for other
// reasons than an outage is not tried again: the service's next build needs
// the job and says what is wrong.
func (c *Courier) job(ctx context.Context, what string, name slipway.ServiceName) error {
	l, err := c.Links.forTeam(ctx, name.Team)
	if slipway.ErrorCode(err) == slipway.CodeNotFound || err == nil && l.Reports == slipway.ReportsNone {
		return nil
	}
	if err == nil {
		err = l.resting()
	}
	if err == nil && what == "provision" {
		_, err = l.provision(ctx, name, c.Base)
	} else if err == nil {
		err = c.remove(ctx, l, name)
	}
	c.note(ctx, l, err)
	code := slipway.ErrorCode(err)
	if err == nil || code == slipway.CodeUnavailable && !broken(err) || code == slipway.CodeBusy || ctx.Err() != nil {
		return err
	}
	c.Log.WarnContext(ctx, "a job in Jenkins is not as it should be", slog.String("service", name.String()), slog.Any("error", err))
	return nil
}

func (c *Courier) remove(ctx context.Context, l *link, name slipway.ServiceName) error {
	hudson, err := l.isHudson(ctx)
	if err != nil {
		return err
	}
	job := jobName(l.Controller, name, hudson)
	l.forget(job)
	return l.Remove(ctx, job)
}

// build shows a build.
func (c *Courier) build(ctx context.Context, id int64) error {
	b, err := c.Builds.Build(ctx, id)
	if err != nil {
		return unlessGone(err)
	}
	l, err := c.Links.forTeam(ctx, b.Service.Team)
	if err != nil {
		return unlessGone(err)
	}
	run, err := c.Runs.JenkinsRun(ctx, id, slipway.RunShows)
	switch {
	case slipway.ErrorCode(err) == slipway.CodeNotFound:
		run = slipway.JenkinsRun{Build: id, Kind: slipway.RunShows, Controller: l.ID, State: slipway.RunWaits}
	case err != nil:
		return err
	case run.State != slipway.RunWaits && run.State != slipway.RunAsked:
		return nil // it is followed, or has ended
	}
	if run.Controller != l.ID { // it was changed while the report waited
		run.Controller, run.State = l.ID, slipway.RunWaits
	}
	if err := l.resting(); err != nil {
		return err
	}
	s := &sending{courier: c, link: l, build: b, run: run, kept: run}
	switch {
	case l.Reports == slipway.ReportsExternal && b.State.Ended():
		return s.settle(ctx, s.external(ctx))
	case l.Reports == slipway.ReportsFollow && b.State != slipway.BuildQueued:
		return s.settle(ctx, s.follow(ctx))
	}
	return nil
}

// note remembers why a controller took nothing, for people. When nobody was
// asked there is nothing new to say.
func (c *Courier) note(ctx context.Context, l *link, err error) {
	if l == nil || slipway.ErrorCode(err) == slipway.CodeBusy || ctx.Err() != nil {
		return
	}
	wrong := ""
	if err != nil {
		wrong = sentence(err)
	}
	l.mu.Lock()
	same := l.wrong != nil && *l.wrong == wrong
	l.wrong = &wrong
	l.mu.Unlock()
	if same {
		return
	}
	if err := c.Runs.NoteController(ctx, l.ID, wrong); err != nil {
		c.Log.WarnContext(ctx, "it cannot be noted why Jenkins takes nothing", slog.Any("error", err))
	}
}

// unlessGone is nil for what is not in the record any more.
func unlessGone(err error) error {
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return nil
	}
	return err
}

package jenkins

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/slipway-ci/slipway"
)

// sending is one try to have Jenkins start a run.
type sending struct {
	courier *Courier
	link    *link
	build   slipway.Build
	run     slipway.JenkinsRun
	kept    slipway.JenkinsRun // as the record has it
}

// follow starts the job that shows the build. A job that is not there is made
// anew: somebody has deleted it, or renamed a folder that it is in.
func (s *sending) follow(ctx context.Context) error {
	job, err := s.link.provision(ctx, s.build.Service, s.courier.Base)
	if err != nil {
		return err
	}
	s.run.Job = job
	parameters := map[string]string{
		BuildParameter:   strconv.FormatInt(s.build.ID, 10),
		"SLIPWAY_URL":    s.courier.Base,
		"SLIPWAY_TICKET": s.courier.Tickets.Ticket(s.build.ID, s.courier.Now().Add(slipway.TicketLife)),
	}
	err = s.trigger(ctx, parameters)
	if code := slipway.ErrorCode(err); code != slipway.CodeNotFound && code != slipway.CodeInvalid || Unknown(err) {
		return err
	}
	s.link.forget(job)
	if _, err := s.link.provision(ctx, s.build.Service, s.courier.Base); err != nil {
		return err
	}
	return s.trigger(ctx, parameters)
}

// downstream starts the job that does what comes after the build.
func (s *sending) downstream(ctx context.Context, job string) error {
	s.run.Job = job
	if err := s.fits(ctx, job); err != nil {
		return err
	}
	b := s.build
	return s.trigger(ctx, map[string]string{
		BuildParameter: strconv.FormatInt(b.ID, 10), "IMAGE": b.Image.String(), "DIGEST": b.Image.Digest,
		"SERVICE": b.Service.String(), "VERSION": versionOf(b), "COMMIT": b.Commit,
	})
}

// fits asks once whether a job has the parameter by which its runs are known.
func (s *sending) fits(ctx context.Context, job string) error {
	s.link.mu.Lock()
	why, asked := s.link.takes[job]
	s.link.mu.Unlock()
	if !asked {
		names, err := s.link.Parameters(ctx, job)
		if err != nil {
			return err
		}
		why = misfit(job, names)
		if why == "" { // somebody may mend what is wrong
			s.link.mu.Lock()
			s.link.takes[job] = why
			s.link.mu.Unlock()
		}
	}
	if why != "" {
		return slipway.Errorf(slipway.CodeInvalid, "%s", why)
	}
	return nil
}

// trigger starts the run, unless a try before has done it. That it was asked
// for is committed first: whatever becomes of the answer, or of this process,
// Jenkins is asked before it is asked again.
func (s *sending) trigger(ctx context.Context, parameters map[string]string) error {
	if s.run.State == slipway.RunAsked {
		there, err := s.link.Find(ctx, s.run.Job, s.build.ID)
		switch code := slipway.ErrorCode(err); {
		case err == nil:
			s.run.Item, s.run.Number, s.run.URL = there.Item, there.Number, there.URL
			return s.save(ctx, slipway.RunQueued, "")
		case code != slipway.CodeNotFound:
			return err
		}
	}
	if err := s.save(ctx, slipway.RunAsked, s.run.Note); err != nil {
		return err
	}
	item, err := s.link.Trigger(ctx, s.run.Job, parameters)
	if err != nil {
		return s.unsent(err)
	}
	s.run.Item = item
	return s.save(ctx, slipway.RunQueued, "")
}

// unsent remembers whether what failed may have been done.
func (s *sending) unsent(err error) error {
	if !Unknown(err) {
		s.run.State = slipway.RunWaits
	}
	return err
}

func (s *sending) save(ctx context.Context, state slipway.JenkinsRunState, note string) error {
	s.run.State, s.run.Note, s.run.Changed = state, note, s.courier.Now()
	s.kept = s.run
	return unlessGone(s.courier.Runs.SaveJenkinsRun(ctx, s.run))
}

// settle notes on the run what came of sending it. Worth another try is what
// Jenkins did not answer, and for a day what somebody may mend.
func (s *sending) settle(ctx context.Context, err error) error {
	s.courier.note(ctx, s.link, err)
	if err == nil || ctx.Err() != nil {
		return err
	}
	code := slipway.ErrorCode(err)
	late := (code == slipway.CodeForbidden || code == slipway.CodeNotFound || broken(err)) && s.courier.Now().Sub(s.build.Created) > givenUp
	if hopeless(err) || late {
		s.courier.Log.WarnContext(ctx, "a build will not be shown in Jenkins", slog.Int64("build", s.build.ID), slog.String("kind", string(s.run.Kind)), slog.Any("error", err))
		return s.save(ctx, slipway.RunLost, sentence(err))
	}
	if note := sentence(err); note != s.kept.Note || s.run.State != s.kept.State {
		if saved := s.save(ctx, s.run.State, note); saved != nil {
			return saved
		}
	}
	return err
}

// hopeless tells what Jenkins will never take.
func hopeless(err error) bool {
	code := slipway.ErrorCode(err)
	return code == slipway.CodeInvalid || code == slipway.CodeUsage || code == slipway.CodeConflict || code == slipway.CodeLimit
}

// sentence is what people are shown of an error: what is wrong and what to do.
func sentence(err error) string {
	p := slipway.ProblemOf(err)
	if p.Hint == "" {
		return p.Message
	}
	return fmt.Sprintf("%s; %s", p.Message, p.Hint)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/queue"
)

// hand is a worker that joined over the real queue and builds nothing.
type hand struct {
	*queue.Worker
	link *queue.Link
	stop context.CancelFunc
	all  sync.WaitGroup
	jobs chan taken

	started time.Time
}

// taken is a job that a hand took: what it was told, and when.
type taken struct {
	task  slipway.Task       // of an event
	given slipway.Assignment // of a build
	at    time.Time
}

// join has a hand report, and take jobs as they are offered.
func (p *plane) join(ctx context.Context) (*hand, error) {
	token, err := p.api.AddToken(ctx, "", rest.NewToken{Name: "hand", Role: slipway.RoleWorker})
	if err != nil {
		return nil, err
	}
	const name = "hand"
	log := slog.New(slog.DiscardHandler)
	link, err := queue.Dial(ctx, queue.Dialing{URLs: []string{p.queue}, Name: name, Worker: true, Password: token.Text, Log: log})
	if err != nil {
		return nil, err
	}
	side, err := queue.NewWorker(link, name, log)
	if err != nil {
		return nil, errors.Join(err, link.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	h := &hand{Worker: side, link: link, stop: stop, jobs: make(chan taken, 16), started: time.Now()}
	if err := h.report(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	h.all.Go(func() { h.reports(ctx) })
	h.all.Go(func() { h.take(ctx) })
	return h, nil
}

func (h *hand) close() error {
	h.stop()
	h.all.Wait()
	return h.link.Close()
}

func (h *hand) report(ctx context.Context) error {
	return h.Report(ctx, slipway.WorkerReport{
		Version: "bench", Protocol: slipway.Protocol, Platform: "linux/amd64", Trust: []slipway.Trust{slipway.TrustMember}, Slots: 8, Started: h.started,
	})
}

func (h *hand) reports(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = h.report(ctx) // the next one says more
		}
	}
}

// take claims what is offered. What cannot be had was offered twice.
func (h *hand) take(ctx context.Context) {
	for {
		job, done, err := h.Next(ctx)
		if err != nil {
			return
		}
		var t taken
		if job.Kind == slipway.JobExpand {
			t.task, err = h.Task(ctx, job.ID)
		} else {
			t.given, err = h.Claim(ctx, job.ID)
		}
		t.at = time.Now()
		done()
		if err != nil {
			continue
		}
		select {
		case h.jobs <- t:
		case <-ctx.Done():
			return
		}
	}
}

// next waits for a job.
func (h *hand) next(ctx context.Context) (taken, error) {
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	select {
	case t := <-h.jobs:
		return t, nil
	case <-late.C:
		return taken{}, errors.New("no job came within a minute")
	case <-ctx.Done():
		return taken{}, ctx.Err()
	}
}

// expand says that an event asks for a build of one service that nobody has
// built before, and takes that build.
func (h *hand) expand(ctx context.Context, event taken, commit string) (said time.Time, build taken, err error) {
	name := strings.TrimSuffix(path.Base(event.task.Origin.URL), ".git")
	x := slipway.Expansion{Commit: commit, Read: time.Now(), Services: []slipway.Found{{Name: name, Kind: slipway.Kind("task"), Inputs: newMark()}}}
	if err := h.Expanded(ctx, event.task.Event, x); err != nil {
		return said, build, err
	}
	said = time.Now()
	if build, err = h.next(ctx); err == nil && build.given.Attempt.Build == 0 {
		err = fmt.Errorf("event %d was handed over in place of a build", build.task.Event)
	}
	return said, build, err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/forge"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/queue"
	"github.com/slipway-ci/slipway/registry/local"
	"github.com/slipway-ci/slipway/store"
	"github.com/slipway-ci/slipway/tracing"
)

// controlPlane is what receives, remembers and decides: the API, the record,
// dispatch and the queue. It builds nothing.
type controlPlane struct {
	app      *app
	platform *platform
	flags    serverFlags
	log      *slog.Logger

	record   *store.Store
	traces   *tracing.Traces // nil: nobody watches
	tickets  slipway.TicketKey
	leader   *store.Leader
	queue    *queue.Server // of this process; nil with a cluster
	cluster  *cluster      // nil without one
	link     *queue.Link
	control  *queue.Control
	dispatch *dispatch.Dispatcher
	answers  *dispatch.Control
	outboxes []*dispatch.Outbox
	heads    *dispatch.Reconciler
	jenkins  *jenkins.Follower
	forges   *forge.API
	web      *webServer
	token    string // opens the API to whoever may read the data directory
	first    bool   // the record was made just now

	registry         string // HOST:PORT of the registry
	registryURL      string // as workers get it: without a host it is where the server is
	registryPassword string // opens all of the registry
	grants           *local.Grants
}

// openControlPlane opens everything and decides nothing yet.
func (p *platform) openControlPlane(ctx context.Context, flags serverFlags, log *slog.Logger) (_ *controlPlane, err error) {
	c := &controlPlane{app: p.app, platform: p, flags: flags, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if err := c.openRecord(ctx); err != nil {
		return nil, err
	}
	if err := c.openQueue(ctx); err != nil {
		return nil, err
	}
	if c.token, c.first, err = c.ownToken(ctx); err != nil {
		return nil, err
	}
	if c.web, err = c.listen(ctx); err != nil {
		return nil, err
	}
	c.assemble()
	return c, nil
}

func (c *controlPlane) openRecord(ctx context.Context) error {
	key, err := c.platform.dir.sealKey(c.flags.sealKey)
	if err != nil {
		return err
	}
	if err := c.openGrants(key); err != nil {
		return err
	}
	if c.record, err = store.Open(ctx, c.platform.dir.record(c.flags.database), store.Options{Key: key}); err != nil {
		return err
	}
	c.leader = c.record.Leader()
	if c.tickets, err = ticketKey(key); err != nil {
		return err
	}
	if key, err = traceKey(key); err != nil {
		return err
	}
	c.traces, err = c.app.traces(ctx, key, c.log)
	return err
}

// watched is the record where somebody may watch.
func (c *controlPlane) watched() tracedRecord { return tracedRecord{c.record, c.traces} }

func (c *controlPlane) openQueue(ctx context.Context) (err error) {
	if c.flags.cluster != "" {
		return c.joinCluster(ctx)
	}
	dir := c.platform.dir.join("queue")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be made", dir).Because(err)
	}
	tls, err := c.flags.tls()
	if err != nil {
		return err
	}
	c.queue, err = queue.Start(ctx, queue.Config{
		Dir: dir, Listen: c.flags.queueListen, TLS: tls, Plain: c.flags.queuePlain, Authenticate: c.admit, Log: c.log,
	})
	if err != nil {
		return err
	}
	if c.link, err = queue.Dial(ctx, queue.Dialing{Server: c.queue, Name: "control", Log: c.log}); err != nil {
		return err
	}
	c.control, err = queue.NewControl(c.link, 1, c.log)
	return err
}

// assemble brings the parts together. Each knows the others by what it needs
// of them.
func (c *controlPlane) assemble() {
	now, api := time.Now, forge.NewAPI(time.Now, nil)
	c.forges = api
	c.dispatch = &dispatch.Dispatcher{
		Builds: c.record, Events: c.record, Notes: c.record, Leases: c.record, Jobs: tracedJobs{c.control, c.watched()}, Bell: c.control, Leader: c.leader,
		Limits: c.limits(), Now: now, Log: c.log,
	}
	c.answers = &dispatch.Control{
		Attempts: c.record, Reported: c.record, Sources: c.record, Credentials: api, Stamper: stamper{c.platform.images, c.record},
		Bell: c.control, Push: c.push, Wall: c.flags.timeout, Silence: c.flags.silence, Now: now, Log: c.log,
	}
	statuses := &dispatch.Forges{Facts: c.record, Sources: c.record, Setter: setter(api), Base: c.web.url, Now: now, Log: c.log}
	tags := &dispatch.Tags{Facts: c.record, Sources: c.record, Moves: c.record, Tagger: tagger{c.platform.images}, Log: c.log}
	couriers := c.assembleJenkins()
	couriers[store.TopicStatus], couriers[store.TopicTags] = statuses, tags
	for topic, courier := range couriers {
		c.outboxes = append(c.outboxes, &dispatch.Outbox{
			Topic: topic, Messages: c.record, Courier: courier, Bell: c.control, Leader: c.leader, Now: now, Log: c.log,
		})
	}
	if c.flags.reconcile > 0 {
		c.heads = &dispatch.Reconciler{
			Known: c.watched(), Remote: &heads{origins{c.platform}, c.record}, Credentials: api, Bell: c.control, Leader: c.leader,
			Every: c.flags.reconcile, Now: now, Log: c.log,
		}
	}
}

func (c *controlPlane) limits() dispatch.Limits {
	return dispatch.Limits{EachTeam: c.flags.teamLimit}
}

// run does the work until ctx ends, then lets what was begun end.
func (c *controlPlane) run(ctx context.Context) error {
	handler, err := c.handler() //nolint:contextcheck // requests bring their own
	if err != nil {
		return err
	}
	loops := []func(context.Context) error{
		func(ctx context.Context) error {
			return c.control.Serve(ctx, queue.Handler{Builds: tracedBuilds{c.answers, c.watched()}, Keys: c.answers, Events: tracedEvents{c.answers, c.watched()}})
		},
		func(ctx context.Context) error { return c.web.serve(ctx, handler) },
		c.dispatch.Run, c.forget, c.jenkins.Run,
	}
	for _, o := range c.outboxes {
		loops = append(loops, o.Run)
	}
	if c.heads != nil {
		loops = append(loops, c.heads.Run)
	}
	return together(ctx, loops)
}

// together runs loops until ctx ends or one of them fails, and gives the
// first failure when all have ended.
func together(ctx context.Context, loops []func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for _, loop := range loops {
		all.Go(func() {
			if err := loop(ctx); err != nil && ctx.Err() == nil {
				stop(err)
			}
		})
	}
	all.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// forgetEvery is how often what is old enough is forgotten.
const forgetEvery = time.Hour

// forget keeps the record within the ages that were asked for.
func (c *controlPlane) forget(ctx context.Context) error {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			gone, err := c.record.Forget(ctx, store.Ages{
				Deliveries: before(now, c.flags.keepDeliveries), Logs: before(now, c.flags.keepLogs), Builds: before(now, c.flags.keepBuilds),
			})
			if err != nil {
				c.log.ErrorContext(ctx, "what is old cannot be forgotten", slog.Any("error", err))
			} else if gone != (store.Forgotten{}) {
				c.log.InfoContext(ctx, "forgot what is old", slog.String("counts", fmt.Sprintf("%+v", gone)))
			}
			if err := c.record.ForgetWorkers(ctx, now.Add(-forgetWorkers)); err != nil {
				c.log.ErrorContext(ctx, "workers that are gone cannot be forgotten", slog.Any("error", err))
			}
		}
	}
}

// forgetWorkers is how long a worker that does not report is listed.
const forgetWorkers = 7 * 24 * time.Hour

// before is the time before which something is too old; of 0 nothing is.
func before(now time.Time, kept age) time.Time {
	if kept == 0 {
		return time.Time{}
	}
	return now.Add(-time.Duration(kept))
}

// Close ends what is open, in the order in which the parts need each other.
func (c *controlPlane) Close() error {
	var errs []error
	if c.web != nil {
		errs = append(errs, c.web.Close())
	}
	if c.link != nil {
		errs = append(errs, c.link.Close())
	}
	if c.queue != nil {
		c.queue.Close()
	}
	if c.leader != nil {
		errs = append(errs, c.leader.Close())
	}
	if c.record != nil {
		errs = append(errs, c.record.Close())
	}
	return errors.Join(errs...)
}

// ignoreClosed is nil for the end of a server that was asked to end.
func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

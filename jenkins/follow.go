package jenkins

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// Follower follows what couriers have started: it names what has begun, stops
// what was cancelled here, cancels here what was aborted there, and says how
// it ended. It asks a controller only while something is followed there.
type Follower struct {
	Courier *Courier
	Leader  Leader
	Every   time.Duration // 0 is a second

	mu   sync.Mutex
	away map[int64]bool  // controllers that did not answer the last time
	busy map[int64]bool  // controllers that are being asked
	read map[int64]int64 // the build up to which a controller's runs were looked at
	done sync.WaitGroup
}

// mostFollowed is how many runs of a controller are looked at in one round;
// where there are more, the next round goes on with those.
const mostFollowed = 500

// Run follows until ctx ends, and returns when nobody is asked any more.
func (f *Follower) Run(ctx context.Context) error {
	every := f.Every
	if every == 0 {
		every = time.Second
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	defer f.done.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			f.round(ctx)
		}
	}
}

// round looks at each controller, unless the round before still does: one
// that is slow keeps no other waiting.
func (f *Follower) round(ctx context.Context) {
	if !f.Leader.Lead(ctx) {
		return
	}
	all, err := f.Courier.Links.Sources.Controllers(ctx, "")
	if err != nil {
		f.Courier.Log.ErrorContext(ctx, "the Jenkins controllers cannot be read", slog.Any("error", err))
		return
	}
	for _, c := range all {
		if f.take(c.ID) {
			f.done.Go(func() {
				defer f.release(c.ID)
				f.controller(ctx, c)
			})
		}
	}
}

func (f *Follower) take(id int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy == nil {
		f.busy, f.away, f.read = map[int64]bool{}, map[int64]bool{}, map[int64]int64{}
	}
	if f.busy[id] {
		return false
	}
	f.busy[id] = true
	return true
}

func (f *Follower) release(id int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, id)
}

// silent remembers that a controller does not answer, and tells whether that
// is new.
func (f *Follower) silent(id int64) (news bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	news, f.away[id] = !f.away[id], true
	return news
}

// answers remembers that a controller answers, and tells whether it may have
// been away: it did not answer the last time, or nobody here has asked yet.
func (f *Follower) answers(id int64) (back bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	away, asked := f.away[id]
	f.away[id] = false
	return away || !asked
}

// controller follows the runs of one.
func (f *Follower) controller(ctx context.Context, c slipway.Controller) {
	err := f.follow(ctx, c)
	if err == nil || ctx.Err() != nil {
		return
	}
	if f.silent(c.ID) {
		f.Courier.Log.WarnContext(ctx, "what runs in Jenkins cannot be followed now", slog.String("controller", c.URL), slog.Any("error", err))
	}
}

func (f *Follower) follow(ctx context.Context, c slipway.Controller) error {
	runs, err := f.next(ctx, c.ID)
	if err != nil || len(runs) == 0 {
		return err
	}
	l, err := f.Courier.Links.of(ctx, c)
	if err != nil {
		return err
	}
	if err := l.resting(); err != nil {
		return err
	}
	r := &following{follower: f, link: l}
	if err := r.look(ctx, runs); err != nil {
		f.Courier.note(ctx, l, err)
		return err
	}
	if r.back = f.answers(c.ID); r.back {
		f.Courier.note(ctx, l, nil)
	}
	for _, run := range runs {
		if err := r.one(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// next gives the runs that this round looks at, so that those which never
// come to an end keep no others from it.
func (f *Follower) next(ctx context.Context, controller int64) ([]slipway.JenkinsRun, error) {
	f.mu.Lock()
	after := f.read[controller]
	f.mu.Unlock()
	runs, err := f.Courier.Runs.RunsToFollow(ctx, controller, after, mostFollowed)
	if err != nil {
		return nil, err
	}
	after = 0
	if len(runs) == mostFollowed {
		after = runs[len(runs)-1].Build - 1 // it may have another run, which did not fit
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read[controller] = after
	return runs, nil
}

// look asks once what waits and what is at work there, as far as somebody
// wants to know.
func (r *following) look(ctx context.Context, runs []slipway.JenkinsRun) (err error) {
	is := func(state slipway.JenkinsRunState) bool {
		return slices.ContainsFunc(runs, func(run slipway.JenkinsRun) bool {
			return run.State == state && (run.Item != 0 || state == slipway.RunRuns)
		})
	}
	if is(slipway.RunQueued) {
		if r.waits, err = r.link.waiting(ctx); err != nil {
			return err
		}
	}
	if !is(slipway.RunRuns) {
		return nil
	}
	places, err := r.link.Running(ctx)
	r.at = map[Place]bool{}
	for _, p := range places {
		r.at[p] = true
	}
	return err
}

// waiting lists the items of the controller's queue, and why they wait.
func (c *Client) waiting(ctx context.Context) (map[int64]string, error) {
	var queue struct{ Items []wireItem }
	if err := c.read(ctx, "/queue", "items[id,why]", &queue); err != nil {
		return nil, err
	}
	waits := map[int64]string{}
	for _, i := range queue.Items {
		waits[i.ID] = i.Why
	}
	return waits, nil
}

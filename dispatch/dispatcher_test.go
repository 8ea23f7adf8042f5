package dispatch_test

import (
	stdcmp "cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
)

func expandJob(id int64) slipway.Job { return slipway.Job{Kind: slipway.JobExpand, ID: id} }
func buildJob(id int64) slipway.Job  { return slipway.Job{Kind: slipway.JobBuild, ID: id} }

// offers sees that these jobs were offered, in any order: they go out at once.
func offers(t *testing.T, got []offer, want ...slipway.Job) {
	t.Helper()
	slices.SortFunc(got, func(a, b offer) int { return stdcmp.Compare(a.Job.ID, b.Job.ID) })
	var jobs []slipway.Job
	for _, o := range got {
		jobs = append(jobs, o.Job)
	}
	if !slices.Equal(want, jobs) {
		t.Fatalf("%v were offered, not %v", jobs, want)
	}
}

// The way of a push, once from one end to the other.
func TestDispatcher_way(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	event := h.push(t, pushTo("main", "a"))
	offers(t, h.round(t)) // there is nobody
	h.report(t, worker("w1", 2))
	offers(t, h.round(t), expandJob(event))
	offers(t, h.round(t)) // it stands

	task, err := h.Task(t.Context(), "w1", event)
	want := slipway.Task{Event: event, Team: "shop", Origin: slipway.Origin{
		Connection: h.connection.ID, URL: h.connection.URL, Ref: "refs/heads/main", Commit: sha("a"), Reads: []string{"shop/prices"}, Credential: slipway.Credential{User: "bot", Password: "hunter22"},
	}}
	if diff := cmp.Diff(want, task); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	h.find(t, "w1", event, "a", "cart=1", "till=1")
	h.find(t, "w1", event, "a", "cart=1", "till=1") // the answer was lost
	got := h.round(t)
	offers(t, got, buildJob(1), buildJob(2))

	a := h.claim(t, "w1", 1)
	if _, err := h.Renew(t.Context(), a.Attempt); err != nil {
		t.Fatal(err)
	}
	must(t, h.Append(t.Context(), a.Attempt, 1, []byte("a line")))
	image, err := h.Stamp(t.Context(), a.Attempt, "sha256:c", "k", slipway.Revision{SHA: sha("a"), Time: noon, Branch: "other", Source: "elsewhere"})
	if err != nil || image.Tag != "main-20261124120000-aaaaaaaa" {
		t.Fatal(image, err)
	}
	must(t, h.Finish(t.Context(), a.Attempt, 1, slipway.Outcome{State: slipway.BuildSucceeded, Image: image}))
	if b := h.first(t); b.State != slipway.BuildSucceeded || b.Image != image {
		t.Fatalf("%+v", b)
	}
	for topic, n := range map[string]int{"dispatch": 3, "outbox": 4, "build.1": 5} { // expanded twice, claimed, a chunk, ended
		if h.rung[topic] != n {
			t.Errorf("%s was rung %d times, not %d", topic, h.rung[topic], n)
		}
	}
}

// What is not claimed is offered again, to somebody else when there is one.
func TestDispatcher_offersAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	two := []slipway.Worker{worker("w1", 2), worker("w2", 2)}
	h.report(t, two...)
	event := h.push(t, pushTo("main", "a"))
	first := h.round(t)[0]
	h.after(6 * time.Second)
	if second := h.round(t)[0]; second.Job != expandJob(event) || second.Worker == first.Worker {
		t.Fatalf("%+v after %+v", second, first)
	}
	h.report(t, two...)
	h.after(6 * time.Second)
	offers(t, h.round(t)) // a second offer of an event stands longer
	h.find(t, "w1", event, "a", "cart")
	first = h.round(t)[0]
	h.after(3 * time.Second)
	offers(t, h.round(t))
	h.report(t, two...)
	h.after(3 * time.Second)
	second := h.round(t)[0]
	if second.Job != buildJob(1) || second.Worker == first.Worker {
		t.Fatalf("%+v after %+v", second, first)
	}
	h.claim(t, first.Worker, 1) // the first one was slow
	if _, err := h.Claim(t.Context(), second.Worker, 1); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Fatal(err)
	}
}

// Events of a ref keep their order, and one repository leaves workers to the
// others.
func TestDispatcher_eventsInOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 2))
	var ids []int64
	for _, branch := range []string{"main", "main", "b1", "b2", "b3", "b4"} {
		ids = append(ids, h.push(t, pushTo(branch, string(rune('a'+len(ids))))))
	}
	offers(t, h.round(t), expandJob(ids[0]), expandJob(ids[2]), expandJob(ids[3]), expandJob(ids[4]))
	h.find(t, "w1", ids[0], "a")
	offers(t, h.round(t), expandJob(ids[1]))
}

// poisoned has a connection that cannot be read, and one that meets a defect.
type poisoned struct {
	dispatch.Events

	unread, defect int64
}

func (p poisoned) Connection(ctx context.Context, id int64) (slipway.Connection, error) {
	if id == p.defect {
		panic("index out of range")
	}
	if id == p.unread {
		return slipway.Connection{}, errors.New("unexpected end of JSON input")
	}
	return p.Events.Connection(ctx, id)
}

// What is wrong with one event keeps back no other, and no build.
func TestDispatcher_poison(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
	good := h.connection
	for _, url := range []string{"u1", "u2"} {
		h.connection.URL = url
		id, err := h.record.Connect(t.Context(), h.connection, slipway.Keys{})
		must(t, err)
		h.connection.ID = id
		h.push(t, pushTo("main", "a"))
	}
	h.Events = poisoned{h.record, h.connection.ID, h.connection.ID - 1}
	h.connection = good
	event := h.push(t, pushTo("main", "b"))
	err := h.Round(t.Context())
	if err == nil || !strings.Contains(err.Error(), "event 2: a defect") || !strings.Contains(err.Error(), "event 3: unexpected end") {
		t.Error(err)
	}
	offers(t, h.jobs, buildJob(1), expandJob(event))
}

func TestDispatcher_forks(t *testing.T) {
	t.Parallel()
	policy := func(p slipway.ForkPolicy) func(*slipway.Connection, *slipway.Keys) {
		return func(c *slipway.Connection, _ *slipway.Keys) { c.Forks = p }
	}
	takesStrangers := func(w *slipway.Worker) { w.Trust = []slipway.Trust{slipway.TrustStranger} }
	state := func(t *testing.T, h *house, id int64, want slipway.EventState) {
		t.Helper()
		if e, err := h.record.Event(t.Context(), id); err != nil || e.State != want {
			t.Fatalf("%v: %+v", err, e)
		}
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		h.report(t, worker("w1", 1, takesStrangers))
		event := h.push(t, pull(3, "a", "mallory/cart"))
		offers(t, h.round(t))
		state(t, h, event, "failed")
	})
	t.Run("a member's pull request is no fork", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		h.report(t, worker("w1", 1))
		event := h.push(t, pull(3, "a", "shop/cart"))
		offers(t, h.round(t), expandJob(event))
		task, err := h.Task(t.Context(), "w1", event)
		if err != nil || task.Origin.Ref != "refs/pull/3/head" || task.Origin.Commit != sha("a") {
			t.Fatal(task, err)
		}
	})
	t.Run("approved, that commit", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, policy(slipway.ForksApprove))
		h.report(t, worker("w1", 1, takesStrangers))
		event := h.push(t, pull(3, "a", "mallory/cart"))
		offers(t, h.round(t))
		state(t, h, event, "held")
		if _, err := h.Task(t.Context(), "w1", event); slipway.ErrorCode(err) != slipway.CodeConflict {
			t.Fatal(err)
		}
		if err := h.Expanded(t.Context(), "w1", event, slipway.Expansion{Commit: sha("a")}); slipway.ErrorCode(err) != slipway.CodeConflict {
			t.Fatal(err)
		}
		must(t, h.record.Approve(t.Context(), event, sha("a"), "ann", noon))
		offers(t, h.round(t), expandJob(event))
		if err := h.Expanded(t.Context(), "w1", event, slipway.Expansion{Commit: sha("b")}); slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Fatal(err)
		}
	})
	t.Run("built as a stranger's", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, policy(slipway.ForksBuild))
		_, err := h.record.AddService(t.Context(), slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: "cart"}, Connection: h.connection.ID})
		must(t, err)
		must(t, h.record.SetSecret(t.Context(), "shop", "cart", "TOKEN", "s3cret", noon))
		h.report(t, worker("w1", 1)) // serves members only
		event := h.push(t, pull(3, "a", "mallory/cart"))
		offers(t, h.round(t))
		if _, err := h.Task(t.Context(), "w1", event); slipway.ErrorCode(err) != slipway.CodeConflict {
			t.Fatal(err)
		}
		h.report(t, worker("w2", 1, takesStrangers))
		offers(t, h.round(t), expandJob(event))
		h.find(t, "w2", event, "a", "cart")
		offers(t, h.round(t), buildJob(1))
		a := h.claim(t, "w2", 1)
		if a.Trust != slipway.TrustStranger || len(a.Secrets) != 0 || a.Origin.Ref != "refs/pull/3/head" || a.Origin.Commit != sha("a") {
			t.Fatalf("%+v", a)
		}
		image, err := h.Stamp(t.Context(), a.Attempt, "c", "k", slipway.Revision{SHA: sha("a"), Time: noon, Branch: "main"})
		if err != nil || image.Tag != "pull-3-20261124120000-aaaaaaaa" {
			t.Fatal(image, err)
		}
	})
}

func TestDispatcher_deleted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("topic", "a")), "a", "cart")
	gone := pushTo("topic", "a")
	gone.After = ""
	event := h.push(t, gone)
	h.round(t)
	if e, _ := h.record.Event(t.Context(), event); e.State != "expanded" || e.Note == "" {
		t.Fatalf("%+v", e)
	}
	if b := h.first(t); !b.State.Ended() {
		t.Fatalf("a branch that is gone is still to be built: %+v", b)
	}
}

// Leases age while somebody is here to renew them, and only then.
func TestDispatcher_leases(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
	h.claim(t, "w1", 1)
	h.round(t)
	h.after(time.Hour) // the process stood still
	h.round(t)
	if b := h.first(t); b.State != slipway.BuildRunning {
		t.Fatalf("%+v", b)
	}
	for range 31 {
		h.after(time.Second)
		h.round(t)
	}
	if b := h.first(t); b.State != slipway.BuildQueued || b.Strikes != 0 {
		t.Fatalf("%+v", b)
	}
}

func TestDispatcher_onlyTheLeader(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	event := h.push(t, pushTo("main", "a"))
	h.lead = false
	offers(t, h.round(t))
	h.lead, h.noJobs = true, errors.New("no queue")
	if err := h.Round(t.Context()); err == nil {
		t.Fatal("nobody heard that the queue is away")
	}
	h.noJobs = nil
	offers(t, h.round(t), expandJob(event))
}

func TestDispatcher_Queue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart", "till")
	h.claim(t, "w1", 1)
	got, err := h.Queue(t.Context())
	want := []slipway.Waiting{{Build: 2, Position: 1, Reason: "every slot is taken, and it is next"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
}

// Run comes back when it is told to, and works until then.
func TestDispatcher_Run(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	event := h.push(t, pushTo("main", "a"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	h.Jobs = jobsFunc(func(worker string, job slipway.Job) error {
		if job == expandJob(event) && worker == "w1" {
			cancel()
		}
		return nil
	})
	must(t, h.Run(ctx))
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Fatal("it was not offered")
	}
}

type jobsFunc func(worker string, job slipway.Job) error

func (f jobsFunc) Offer(_ context.Context, worker string, job slipway.Job) error {
	return f(worker, job)
}

// An event that nobody may read says so, and the one that nobody could read,
// too.
func TestDispatcher_saysWhyAnEventWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	event := h.push(t, pushTo("main", "a"))
	note := func() string {
		e, err := h.record.Event(t.Context(), event)
		must(t, err)
		return e.Note
	}
	offers(t, h.round(t))
	if got := note(); got != "it waits: no worker that is well serves members' code" {
		t.Errorf("note %q", got)
	}
	h.report(t, worker("w1", 1))
	for range 4 {
		h.round(t)
		h.after(10 * time.Minute)
		h.report(t, worker("w1", 1))
	}
	if got := note(); !strings.Contains(got, "its repository was not read in 3 tries, the last time by the worker w1") {
		t.Errorf("note %q", got)
	}
}

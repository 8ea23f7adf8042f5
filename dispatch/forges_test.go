package dispatch_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/store"
)

// wall is a forge: what stands at its commits, and what it was told.
type wall struct {
	mu     sync.Mutex
	stands map[string]dispatch.Status // by COMMIT CONTEXT
	told   []string
	asked  int
	wrong  error
}

func (w *wall) Set(_ context.Context, commit string, s dispatch.Status) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asked++; w.wrong != nil {
		return w.wrong
	}
	w.stands[commit[:1]+" "+s.Context] = s
	w.told = append(w.told, commit[:1]+" "+s.Context+" "+string(s.State))
	return nil
}

func forges(h *house) (*dispatch.Forges, *wall) {
	w := &wall{stands: map[string]dispatch.Status{}}
	return &dispatch.Forges{
		Facts: h.record, Sources: h.record, Base: "https://ci.example", Now: h.clock, Log: slog.New(slog.DiscardHandler),
		Setter: func(context.Context, slipway.Connection, slipway.Keys) (dispatch.Setter, error) { return w, nil },
	}, w
}

// post delivers what the record's outbox has, in order, and tells the first
// thing that went wrong.
func (h *house) post(t *testing.T, topic string, c dispatch.Courier) (first error) {
	t.Helper()
	for {
		due, err := h.record.Due(t.Context(), topic, h.clock(), 100)
		must(t, err)
		delivered := 0
		for _, m := range due {
			if err := c.Deliver(t.Context(), m); err != nil {
				first = err
				continue
			}
			delivered++
			must(t, h.record.Delivered(t.Context(), m.ID))
		}
		if delivered == 0 {
			return first
		}
	}
}

func (w *wall) expect(t *testing.T, want map[string]dispatch.Status) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if diff := cmp.Diff(want, w.stands); diff != "" {
		t.Fatal(diff)
	}
}

// One summary per push and one status per affected service, at start and end.
func TestForges(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *slipway.Connection, _ *slipway.Keys) { c.Required = []string{"till"} })
	f, w := forges(h)
	h.report(t, worker("w1", 4))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart=1", "till=1")
	must(t, h.post(t, store.TopicStatus, f))
	link := func(id string) string { return "https://ci.example/builds/" + id }
	w.expect(t, map[string]dispatch.Status{
		"a slipway":      {State: slipway.BuildQueued, Context: "slipway", Title: "2 services to build", URL: "https://ci.example/events/1"},
		"a slipway/cart": {State: slipway.BuildQueued, Context: "slipway/cart", Title: "it waits", URL: link("1")},
		"a slipway/till": {State: slipway.BuildQueued, Context: "slipway/till", Title: "it waits", URL: link("2")},
	})
	cart, till := h.claim(t, "w1", 1), h.claim(t, "w1", 2)
	must(t, h.post(t, store.TopicStatus, f))
	h.after(90 * time.Second)
	h.end(t, cart, slipway.BuildSucceeded)
	must(t, h.post(t, store.TopicStatus, f))
	w.expect(t, map[string]dispatch.Status{
		"a slipway":      {State: slipway.BuildRunning, Context: "slipway", Title: "1 of 2 services built", URL: "https://ci.example/events/1"},
		"a slipway/cart": {State: slipway.BuildSucceeded, Context: "slipway/cart", Title: "built in 1m30s", URL: link("1")},
		"a slipway/till": {State: slipway.BuildRunning, Context: "slipway/till", Title: "it is being built", URL: link("2")},
	})
	must(t, h.Finish(t.Context(), till.Attempt, 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: "2 tests failed\nsee the log"}))
	must(t, h.post(t, store.TopicStatus, f))
	if got := w.stands["a slipway/till"].Title; got != "your code: 2 tests failed" {
		t.Error(got)
	}
	if got := w.stands["a slipway"]; got.Title != "1 of 2 services failed: till" || got.State != slipway.BuildFailed {
		t.Error(got)
	}

	// Again, and it succeeds: that is how the commit stands.
	id, err := h.record.Rebuild(t.Context(), 2, false, "ann", h.clock())
	must(t, err)
	h.end(t, h.claim(t, "w1", id), slipway.BuildSucceeded)
	must(t, h.post(t, store.TopicStatus, f))
	if got := w.stands["a slipway"]; got.State != slipway.BuildSucceeded || got.Title != "2 services built" {
		t.Error(got)
	}

	// A push that changes only the cart: the till is required.
	h.find(t, "w1", h.push(t, pushTo("main", "b")), "b", "cart=2", "till=1")
	must(t, h.post(t, store.TopicStatus, f))
	if got := w.stands["b slipway/till"]; got.State != slipway.BuildSucceeded || got.Title != "unchanged since aaaaaaaa" {
		t.Error(got)
	}
	if got := w.stands["b slipway"]; got.State != slipway.BuildQueued || got.Title != "1 service to build, 1 unchanged" || got.URL != link("4") {
		t.Error(got)
	}
	// One that changes nothing.
	h.find(t, "w1", h.push(t, pushTo("main", "c")), "c", "cart=2", "till=1")
	must(t, h.post(t, store.TopicStatus, f))
	if got := w.stands["c slipway"]; got.State != slipway.BuildSucceeded || got.Title != "nothing to build, 2 unchanged" {
		t.Error(got)
	}
	// Only changes are told.
	seen := map[string]bool{}
	last := map[string]string{}
	for _, line := range w.told {
		at := line[:strings.LastIndex(line, " ")]
		if last[at] == line && seen[line] && !strings.Contains(line, "a slipway ") {
			t.Errorf("%q was told twice in a row", line)
		}
		seen[line], last[at] = true, line
	}
}

// What no build came of is told as well.
func TestForges_events(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *slipway.Connection, _ *slipway.Keys) { c.Forks = slipway.ForksApprove })
	f, w := forges(h)
	h.report(t, worker("w1", 1))
	h.push(t, pull(7, "e", "mallory/cart"))
	h.round(t)
	broken := h.push(t, pushTo("main", "a"))
	must(t, h.Expanded(t.Context(), "w1", broken, slipway.Expansion{Commit: sha("a"), Problem: &slipway.Problem{Code: slipway.CodeInvalid, Message: "slipway.yaml line 3 is wrong", Hint: "mend it"}}))
	must(t, h.post(t, store.TopicStatus, f))
	w.expect(t, map[string]dispatch.Status{
		"e slipway": {State: slipway.BuildQueued, Context: "slipway", Title: "it comes from outside of the repository, and a maintainer has not approved this commit yet", URL: "https://ci.example/events/1"},
		"a slipway": {State: slipway.BuildFailed, Context: "slipway", Title: "slipway.yaml line 3 is wrong", URL: "https://ci.example/events/2"},
	})
}

// An outage loses nothing, and after some failures nobody waits for the forge.
func TestForges_outage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f, w := forges(h)
	h.report(t, worker("w1", 4))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "s1", "s2", "s3", "s4", "s5", "s6")
	w.wrong = slipway.Errorf(slipway.CodeUnavailable, "out of order")
	for range 100 {
		if err := h.post(t, store.TopicStatus, f); err == nil {
			t.Fatal("the outage was not noticed")
		}
		h.after(time.Second)
	}
	if w.asked > 15 {
		t.Errorf("the forge was asked %d times in 100 seconds", w.asked)
	}
	h.after(48 * time.Hour)
	w.wrong = nil
	must(t, h.post(t, store.TopicStatus, f))
	if len(w.stands) != 7 {
		t.Errorf("%d statuses arrived: %v", len(w.stands), w.told)
	}
}

// A commit that is gone is not told for ever, and what a forge refuses is for
// a week.
func TestForges_refused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code slipway.Code
		age  time.Duration
		want int64
	}{
		{slipway.CodeInvalid, 0, 0},
		{slipway.CodeForbidden, 6 * 24 * time.Hour, 1},
		{slipway.CodeForbidden, 8 * 24 * time.Hour, 0},
		{slipway.CodeNotFound, 8 * 24 * time.Hour, 0},
		{slipway.CodeUnavailable, 1000 * 24 * time.Hour, 1},
	} {
		h := newHouse(t)
		f, w := forges(h)
		h.report(t, worker("w1", 4))
		h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
		h.after(test.age)
		w.wrong = slipway.Errorf(test.code, "no")
		err := h.post(t, store.TopicStatus, f)
		if (err != nil) != (test.want > 0) {
			t.Errorf("%s after %s: %v", test.code, test.age, err)
		}
	}
	h := newHouse(t)
	f, _ := forges(h)
	for _, body := range []string{"build:99", "unchanged:99", "event:99", "nonsense", "build:", ""} {
		if err := f.Deliver(t.Context(), slipway.Message{Body: body}); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// slowly sets a status when it may.
type slowly struct {
	*wall

	entered, release chan struct{}
	once             *sync.Once
}

func (s slowly) Set(ctx context.Context, commit string, status dispatch.Status) error {
	if status.Context == "slipway" && status.State == slipway.BuildRunning {
		s.once.Do(func() {
			close(s.entered)
			<-s.release
		})
	}
	return s.wall.Set(ctx, commit, status)
}

// A summary that is slow to arrive does not replace a later one.
func TestForges_order(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f, w := forges(h)
	slow := slowly{w, make(chan struct{}), make(chan struct{}), &sync.Once{}}
	f.Setter = func(context.Context, slipway.Connection, slipway.Keys) (dispatch.Setter, error) { return slow, nil }
	h.report(t, worker("w1", 4))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart", "till")
	deliver := func(id int) <-chan error {
		h.end(t, h.claim(t, "w1", int64(id)), slipway.BuildSucceeded)
		done := make(chan error, 1)
		go func() { done <- f.Deliver(t.Context(), slipway.Message{Body: fmt.Sprint("build:", id)}) }()
		return done
	}
	first := deliver(1)
	<-slow.entered
	second := deliver(2)
	select { // it has to wait: what would show that is time alone
	case overtook := <-second:
		t.Fatal("the second summary overtook the first", overtook)
	case <-time.After(100 * time.Millisecond):
	}
	close(slow.release)
	must(t, <-first)
	must(t, <-second)
	if got := w.stands["a slipway"]; got.State != slipway.BuildSucceeded {
		t.Errorf("%+v", got)
	}
}

// Of a connection that was removed there is nothing to be told: its keys are
// gone, and no message waits for ever.
func TestForges_removed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f, w := forges(h)
	tags := &dispatch.Tags{Facts: h.record, Sources: h.record, Moves: h.record, Log: slog.New(slog.DiscardHandler)}
	h.report(t, worker("w1", 2))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart=1", "till=1")
	h.end(t, h.claim(t, "w1", 1), slipway.BuildSucceeded)
	_, err := h.record.RemoveConnection(t.Context(), h.connection.ID, true, "mia", h.clock())
	must(t, err)
	must(t, h.post(t, store.TopicStatus, f))
	must(t, h.post(t, store.TopicTags, tags))
	for _, topic := range []string{store.TopicStatus, store.TopicTags} {
		if n, err := h.record.Waiting(t.Context(), topic); n != 0 || err != nil {
			t.Errorf("%d messages of %s wait, %v", n, topic, err)
		}
	}
	w.expect(t, map[string]dispatch.Status{})
}

package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func askedTests() []test {
	return []test{
		{"asked twice by one name it is one event", (*record).askedOnce},
		{"who asked is told of the end", (*record).notifies},
		{"who asked is told that no build came of it", (*record).notifiesOfNone},
	}
}

func (r *record) asks(t *testing.T, once, notify string) int64 {
	t.Helper()
	return got(t)(r.Start(t.Context(), r.connection, slipway.Event{
		Kind: slipway.EventJenkins, Ref: mainRef, Only: []string{"cart"}, Once: once, Notify: notify,
	}, noon))
}

func (r *record) askedOnce(t *testing.T) {
	t.Helper()
	first := r.asks(t, "job-7", "")
	if again := r.asks(t, "job-7", ""); again != first {
		t.Errorf("asked again it is event %d, not %d", again, first)
	}
	if other := r.asks(t, "job-8", ""); other == first {
		t.Error("another asking is the same event")
	}
	if first, second := r.asks(t, "", ""), r.asks(t, "", ""); first == second {
		t.Error("two askings without a name are one event")
	}
	sum := got(t)(r.Start(t.Context(), r.connection, slipway.Event{Kind: slipway.EventJenkins, Ref: mainRef, Only: []string{"sum"}, Once: "job-7"}, noon))
	if sum == first {
		t.Error("the same name for another service is the same event")
	}
	// Many ask at once: one of them is first.
	events := make(chan int64, 8)
	for range cap(events) {
		go func() {
			id, err := r.Start(t.Context(), r.connection, slipway.Event{Kind: slipway.EventJenkins, Ref: mainRef, Only: []string{"cart"}, Once: "job-9"}, noon)
			if err != nil {
				id = -1
			}
			events <- id
		}()
	}
	want := <-events
	for range cap(events) - 1 {
		if id := <-events; id != want || id < 1 {
			t.Errorf("of those who ask at once one gets event %d, another %d", want, id)
		}
	}
	// The name is forgotten with its event, which nothing else holds.
	must(t, r.Hold(t.Context(), first, ""))
	_, err := r.Forget(t.Context(), store.Ages{Builds: noon.Add(time.Second)})
	must(t, err)
	if again := r.asks(t, "job-7", ""); again == first {
		t.Error("an event that was forgotten is given again")
	}
}

// waiting gives the bodies of a topic's messages that are next for each key.
func (r *record) waiting(t *testing.T, topic string) (bodies []string) {
	t.Helper()
	due, err := r.Due(t.Context(), topic, noon.Add(time.Hour), 100)
	must(t, err)
	for _, m := range due {
		bodies = append(bodies, m.Key+" "+m.Body)
	}
	return bodies
}

func (r *record) notifies(t *testing.T) {
	t.Helper()
	event := r.asks(t, "", "https://jenkins.example/hook")
	build := r.expand(t, event, "a", false)
	a := r.claim(t, build)
	same(t, r.waiting(t, store.TopicNotify), nil)
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	same(t, r.waiting(t, store.TopicNotify), []string{"event:" + text(event) + " build:" + text(build)})
	r.ends(t, r.expand(t, r.asks(t, "", ""), "b", false))
	if n, err := r.Waiting(t.Context(), store.TopicNotify); n != 1 || err != nil {
		t.Errorf("%d wait, %v: nobody asked to be told of the second", n, err)
	}
}

func (r *record) notifiesOfNone(t *testing.T) {
	t.Helper()
	event := r.asks(t, "", "https://jenkins.example/hook")
	_, err := r.Expand(t.Context(), event, slipway.Expansion{Problem: &slipway.Problem{Message: "no such branch"}}, slipway.ExpandPolicy{}, noon)
	must(t, err)
	same(t, r.waiting(t, store.TopicNotify), []string{"event:" + text(event) + " event:" + text(event)})
}

func text(id int64) string { return strconv.FormatInt(id, 10) }

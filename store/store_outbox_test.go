package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func outboxTests() []test {
	return []test{
		{"the outbox keeps the order of each key", (*record).outboxOrder},
		{"a success moves tags", (*record).tags},
		{"figures are counted", (*record).stats},
	}
}

// told delivers all that is to be told to forges, and gives the bodies in
// their order.
func (r *record) told(t *testing.T) (bodies []string) {
	t.Helper()
	byID := map[int64]string{}
	var last int64
	for {
		due, err := r.Due(t.Context(), store.TopicStatus, noon.Add(time.Hour), 100)
		must(t, err)
		if len(due) == 0 {
			break
		}
		for _, m := range due {
			byID[m.ID], last = m.Body, max(last, m.ID)
			must(t, r.Delivered(t.Context(), m.ID))
		}
	}
	for id := range last + 1 {
		if body, ok := byID[id]; ok {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

func (r *record) outboxOrder(t *testing.T) {
	t.Helper()
	build := r.build(t, "a") // "queued" is told
	r.claim(t, build)        // "running" is told after it
	due := func(at time.Time) (messages []slipway.Message) {
		t.Helper()
		all, err := r.Due(t.Context(), store.TopicStatus, at, 10)
		must(t, err)
		for _, m := range all {
			if m.Key == fmt.Sprint("service:", r.service) {
				messages = append(messages, m)
			}
		}
		return messages
	}
	first := due(noon)
	if len(first) != 1 || first[0].Body != fmt.Sprint("build:", build) {
		t.Fatalf("%+v, want the first message of the one key", first)
	}
	must(t, r.Postpone(t.Context(), first[0].ID, noon.Add(time.Minute)))
	if m := due(noon.Add(time.Second)); len(m) != 0 {
		t.Errorf("%+v overtook the one before it", m)
	}
	if m := due(noon.Add(time.Minute)); len(m) != 1 || m[0].ID != first[0].ID || m[0].Tries != 1 {
		t.Errorf("%+v", m)
	}
	must(t, r.Delivered(t.Context(), first[0].ID))
	if m := due(noon); len(m) != 1 || m[0].ID == first[0].ID {
		t.Errorf("%+v", m)
	}
	if n, err := r.Waiting(t.Context(), store.TopicStatus); n != 2 || err != nil { // and the event
		t.Errorf("%d wait, %v", n, err)
	}
}

func (r *record) tags(t *testing.T) {
	t.Helper()
	build, failed := r.build(t, "a"), r.build(t, "b")
	r.ends(t, build)
	must(t, r.Finish(t.Context(), r.claim(t, failed), 0, slipway.Outcome{State: slipway.BuildFailed}, noon))
	due, err := r.Due(t.Context(), store.TopicTags, noon, 9)
	if err != nil || len(due) != 1 || due[0].Body != fmt.Sprint(build) || due[0].Key != fmt.Sprint("service:", r.service) {
		t.Errorf("%+v, %v", due, err)
	}
}

func (r *record) stats(t *testing.T) {
	t.Helper()
	r.claim(t, r.build(t, "a"))
	r.build(t, "b")
	s, err := r.Stats(t.Context())
	must(t, err)
	// Both builds and both events are told, and that one runs.
	same(t, s, store.Stats{Queued: 1, Running: 1, Outbox: map[string]int{store.TopicStatus: 5}, OldestQueued: noon})
}

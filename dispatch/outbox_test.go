package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
)

// eventually waits for a condition, at most so long that it will not come.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline:
			t.Fatalf("%s: it did not come to that", what)
		case <-tick.C:
		}
	}
}

// pile is an outbox of a record, in memory: what the real one does is tried by
// its own suite.
type pile struct {
	mu       sync.Mutex
	messages []slipway.Message
	due      map[int64]time.Time
}

func (p *pile) Due(_ context.Context, _ string, now time.Time, most int) (due []slipway.Message, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := map[string]bool{}
	for _, m := range p.messages {
		if !keys[m.Key] && !p.due[m.ID].After(now) && len(due) < most {
			due = append(due, m)
		}
		keys[m.Key] = true
	}
	return due, nil
}

func (p *pile) Delivered(_ context.Context, id int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = slices.DeleteFunc(p.messages, func(m slipway.Message) bool { return m.ID == id })
	return nil
}

func (p *pile) Postpone(_ context.Context, id int64, due time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.due[id] = due
	p.messages[slices.IndexFunc(p.messages, func(m slipway.Message) bool { return m.ID == id })].Tries++
	return nil
}

func (p *pile) left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.messages)
}

type courier func(slipway.Message) error

func (c courier) Deliver(_ context.Context, m slipway.Message) error { return c(m) }

// realTime is an outbox whose clock goes, and is always a day ahead of the last
// message that was postponed.
func realTime(t *testing.T, p *pile, c dispatch.Courier) (o *dispatch.Outbox, stop func()) {
	t.Helper()
	h := &house{lead: true, rung: map[string]int{}}
	var mu sync.Mutex
	now := noon
	o = &dispatch.Outbox{
		Topic: "status", Messages: p, Courier: c, Bell: (*bell)(h), Leader: (*leader)(h), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(24 * time.Hour)
			return now
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		must(t, <-done)
	})
	t.Cleanup(stop)
	return o, stop
}

// Messages of a key arrive in order, each until it is delivered; a key that
// does not get on holds up no other.
func TestOutbox(t *testing.T) {
	t.Parallel()
	p := &pile{due: map[int64]time.Time{}}
	want := map[string][]string{}
	for i := range 90 {
		key, body := fmt.Sprint("k", i%9), fmt.Sprint(i)
		p.messages = append(p.messages, slipway.Message{ID: int64(i + 1), Key: key, Body: body})
		if key != "k0" {
			want[key] = append(want[key], body)
		}
	}
	var mu sync.Mutex
	got, tries := map[string][]string{}, map[int64]int{}
	o, stop := realTime(t, p, courier(func(m slipway.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if tries[m.ID]++; m.Key == "k0" || tries[m.ID] <= int(m.ID)%3 {
			return errors.New("out of order")
		}
		got[m.Key] = append(got[m.Key], m.Body)
		return nil
	}))
	eventually(t, "all but one key", func() bool { return p.left() == 10 })
	stop()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := o.Counts(); n.Delivered != 80 || n.Postponed < 50 {
		t.Errorf("%+v", n)
	}
}

// Several are on their way at once, one of each key, and the end waits for
// them.
func TestOutbox_atOnce(t *testing.T) {
	t.Parallel()
	p := &pile{due: map[int64]time.Time{}}
	for i := range 40 {
		p.messages = append(p.messages, slipway.Message{ID: int64(i + 1), Key: fmt.Sprint(i % 8)})
	}
	var mu sync.Mutex
	all := make(chan struct{})
	away, most := map[string]int{}, 0
	_, stop := realTime(t, p, courier(func(m slipway.Message) error {
		mu.Lock()
		if away[m.Key]++; away[m.Key] > 1 {
			t.Errorf("two of key %s are on their way", m.Key)
		}
		if most = max(most, len(away)); most == 8 {
			most++
			close(all)
		}
		mu.Unlock()
		<-all
		mu.Lock()
		defer mu.Unlock()
		delete(away, m.Key)
		return nil
	}))
	eventually(t, "all", func() bool { return p.left() == 0 })
	stop()
}

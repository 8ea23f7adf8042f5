package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func receiveTests() []test {
	return []test{
		{"a delivery counts once", (*record).deliveryOnce},
		{"of equal pushes at once one moves the ref", (*record).moveOnce},
		{"a ref moves when it moves", (*record).refMoves},
		{"a push that is sent again moves nothing", (*record).replays},
		{"repositories take turns", (*record).turns},
		{"a pull request is a ref of its own", (*record).pullMoves},
	}
}

func (r *record) deliveryOnce(t *testing.T) {
	t.Helper()
	e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: "a"}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var ids []int64
	for range 8 {
		wg.Go(func() {
			got, err := r.Receive(context.WithoutCancel(t.Context()), slipway.Delivery{Connection: r.connection, ID: "one", At: noon, Events: []slipway.Event{e}})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			ids = append(ids, got...)
		})
	}
	wg.Wait()
	if len(ids) != 1 {
		t.Errorf("eight times the same delivery: events %v, want one", ids)
	}
	pending, err := r.Pending(t.Context(), 10)
	if err != nil || len(pending) != 1 || pending[0].ID != ids[0] || pending[0].Connection != r.connection || !cmp.Equal(pending[0].Event, e) {
		t.Errorf("pending %+v, %v", pending, err)
	}
}

func (r *record) refMoves(t *testing.T) {
	t.Helper()
	for i, step := range []struct {
		object string
		moves  bool
	}{{"a", true}, {"a", false}, {"b", true}, {"a", true}, {"", true}, {"", false}, {"a", true}} {
		if ids := r.push(t, step.object); (len(ids) == 1) != step.moves {
			t.Errorf("step %d, to %q: events %v, want it to move: %t", i, step.object, ids, step.moves)
		}
	}
	if head, ok, err := r.Head(t.Context(), r.connection, "refs/heads/main"); head != "a" || !ok || err != nil {
		t.Errorf("the head is %q, %t, %v", head, ok, err)
	}
	if _, ok, _ := r.Head(t.Context(), r.connection, "refs/heads/other"); ok {
		t.Error("a ref that nobody moved has a head")
	}
	again := slipway.Event{Kind: slipway.EventManual, Repository: "shop/cart", Ref: "refs/heads/main", After: "a", Repeatable: true}
	if id, err := r.Start(t.Context(), r.connection, again, noon); id == 0 || err != nil {
		t.Error("a person who asks again gets nothing")
	}
}

func (r *record) pullMoves(t *testing.T) {
	t.Helper()
	pull := func(delivery, object string, number int, action slipway.PullAction) int {
		return len(r.receive(t, delivery, slipway.Event{
			Kind: slipway.EventPullRequest, Repository: "shop/cart", Ref: "refs/heads/main", After: object,
			Pull: &slipway.PullRequest{Number: number, Action: action, Branch: "x"},
		}))
	}
	r.push(t, "a")
	if got, want := []int{
		pull("1", "a", 1, slipway.PullOpened), pull("2", "a", 2, slipway.PullOpened), pull("3", "a", 1, slipway.PullUpdated),
		pull("4", "b", 1, slipway.PullUpdated), pull("5", "b", 1, slipway.PullClosed), pull("6", "b", 1, slipway.PullClosed),
	}, []int{1, 1, 0, 1, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("moves %v, want %v", got, want)
	}
}

// replays sends pushes that say where they begin, some of them over again.
func (r *record) replays(t *testing.T) {
	t.Helper()
	events := map[int]int64{}
	for i, step := range []struct {
		before, after string
		moves         bool
		head          string
	}{
		{"a", "b", true, "b"},
		{"b", "c", true, "c"},
		{"a", "b", false, "c"}, // sent again: the ref is not at a
		{"b", "c", false, "c"}, // and stands there already
		{"c", "a", true, "a"},  // back to where it was
		{"a", "b", true, "b"},  // the same move once more, from where it stands
		{"b", "a", true, "a"},  // A, B, A
		{"b", "c", false, "a"}, // sent again
		{"x", "c", true, "c"},  // a hook was lost: nobody told of that move before
		{"", "b", true, "b"},   // which does not say where it begins
	} {
		r.deliveries++
		e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: mainRef, Before: step.before, After: step.after}
		ids := r.receive(t, fmt.Sprintf("r-%d", r.deliveries), e)
		if len(ids) == 1 {
			events[i] = ids[0]
		}
		if head := r.head(t); (len(ids) == 1) != step.moves || head != step.head {
			t.Errorf("step %d, %s to %s: events %v, the head is %s, want %+v", i, step.before, step.after, ids, head, step)
		}
	}
	all, err := r.Events(t.Context(), r.connection, 0, 100)
	must(t, err)
	slices.Reverse(all)
	if e := all[2]; e.State != slipway.EventDuplicate || e.Note != fmt.Sprintf("it is the push of event %d over again, and the ref has moved on since", events[0]) {
		t.Errorf("%+v", e)
	}
	// What the repository was seen to have counts as where it stands, too.
	r.reads(t, events[9], "b", "c", 1)
	if ids := r.receive(t, "seen", slipway.Event{Kind: slipway.EventPush, Ref: mainRef, Before: "c", After: "a"}); len(ids) != 1 {
		t.Error("a move from where the ref was seen to stand is taken for an old one")
	}
}

// turns has one repository with many events that are stuck.
func (r *record) turns(t *testing.T) {
	t.Helper()
	other := r.connect(t, "shop", "shop/other")
	for i := range 20 {
		r.push(t, fmt.Sprint("o", i))
	}
	last := slipway.Delivery{Connection: other, ID: "x", At: noon, Events: []slipway.Event{{Kind: slipway.EventPush, Ref: mainRef, After: "a"}, {Kind: slipway.EventPush, Ref: mainRef, After: "b"}}}
	_, err := r.Receive(t.Context(), last)
	must(t, err)
	all, err := r.Pending(t.Context(), 5)
	must(t, err)
	var ids []int64
	of := map[int64]int{}
	for _, e := range all {
		ids = append(ids, e.ID)
		of[e.Connection]++
	}
	if !slices.Equal(ids, []int64{1, 2, 3, 21, 22}) || of[other] != 2 {
		t.Errorf("%v, %v", ids, of)
	}
}

// moveOnce sends one push under many deliveries' names.
func (r *record) moveOnce(t *testing.T) {
	t.Helper()
	e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: "a"}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := r.Receive(context.WithoutCancel(t.Context()), slipway.Delivery{Connection: r.connection, ID: fmt.Sprint(i), At: noon, Events: []slipway.Event{e}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if pending, err := r.Pending(t.Context(), 10); len(pending) != 1 || err != nil {
		t.Errorf("%d are pending, %v", len(pending), err)
	}
}

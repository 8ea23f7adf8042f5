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

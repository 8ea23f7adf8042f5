package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func forgetTests() []test {
	return []test{
		{"what is old is forgotten", (*record).forgets},
		{"of a ref that is gone nothing is kept", (*record).forgetsGone},
		{"much is forgotten in parts", (*record).forgetsMuch},
	}
}

// logged is a build that ended with success and has a log.
func (r *record) logged(t *testing.T, object string) int64 {
	t.Helper()
	build := r.build(t, object)
	a := r.claim(t, build)
	must(t, r.Append(t.Context(), a, 1, []byte("x")))
	r.holder(t, a, "k")
	must(t, r.Finish(t.Context(), a, 1, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	return build
}

func (r *record) logs(t *testing.T, build int64) int {
	t.Helper()
	chunks, err := r.Log(t.Context(), build, slipway.Chunk{}, 9)
	must(t, err)
	return len(chunks)
}

func (r *record) forgets(t *testing.T) {
	t.Helper()
	old := r.logged(t, "a")
	r.finds(t, r.push(t, "b")[0], "b", slipway.ExpandPolicy{}, slipway.Found{Name: "cart", Inputs: "inputs of a"}) // unchanged
	last := r.logged(t, "c")
	running, waiting := r.build(t, "d"), r.build(t, "e")
	must(t, r.Append(t.Context(), r.claim(t, running), 1, []byte("x")))
	later := noon.Add(time.Second)
	forget := func(a store.Ages, want store.Forgotten) {
		t.Helper()
		n, err := r.Forget(t.Context(), a)
		must(t, err)
		same(t, n, want)
	}
	forget(store.Ages{}, store.Forgotten{})
	forget(store.Ages{Deliveries: noon, Logs: noon, Builds: noon}, store.Forgotten{})
	forget(store.Ages{Deliveries: later}, store.Forgotten{Deliveries: 5})
	forget(store.Ages{Logs: later}, store.Forgotten{Logs: 1})
	if r.logs(t, old) != 0 || r.logs(t, last) != 1 || r.logs(t, running) != 1 {
		t.Error("the wrong logs were forgotten")
	}
	forget(store.Ages{Builds: later}, store.Forgotten{Unchanged: 1, Builds: 1, Events: 2})
	_, err := r.Build(t.Context(), old)
	wants(t, err, slipway.CodeNotFound)
	for _, build := range []int64{last, running, waiting} {
		r.state(t, build)
	}
	forget(store.Ages{Builds: later}, store.Forgotten{})
}

func (r *record) forgetsGone(t *testing.T) {
	t.Helper()
	r.logged(t, "a")
	opened := r.pull(t, "1", "p", slipway.PullOpened)[0]
	r.ends(t, r.finds(t, opened, "p", slipway.ExpandPolicy{}, slipway.Found{Name: "cart"}).Builds[0])
	later := noon.Add(time.Second)
	if n, err := r.Forget(t.Context(), store.Ages{Builds: later}); n.Builds != 0 || err != nil {
		t.Errorf("%+v, %v", n, err)
	}
	r.push(t, "")
	r.pull(t, "2", "p", slipway.PullClosed)
	if n, err := r.Forget(t.Context(), store.Ages{Builds: later}); n.Builds != 2 || err != nil {
		t.Errorf("%+v, %v", n, err)
	}
}

func (r *record) forgetsMuch(t *testing.T) {
	t.Helper()
	const many = 1200
	var events []slipway.Event
	for i := range many {
		events = append(events, slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: fmt.Sprint(i)})
	}
	for _, id := range r.receive(t, "all", events...) {
		r.finds(t, id, "", slipway.ExpandPolicy{})
	}
	n, err := r.Forget(t.Context(), store.Ages{Builds: noon.Add(time.Second)})
	must(t, err)
	same(t, n, store.Forgotten{Events: many - 1}) // the last one has moved the head
}

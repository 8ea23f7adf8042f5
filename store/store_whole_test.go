package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func wholeTests() []test {
	return []test{
		{"it is there after it was closed", (*record).survives},
		{"many write at once", (*record).together},
	}
}

func (r *record) survives(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	must(t, r.Close())
	s := open(t, r.address)
	if b, err := s.Build(t.Context(), build); err != nil || b.Commit != "a" || !b.Created.Equal(noon) || b.Trust != slipway.TrustMember {
		t.Errorf("%+v, %v", b, err)
	}
	must(t, s.Ping(t.Context()))
}

// together has many writers, some of which fail: those take nothing of their
// neighbours along.
func (r *record) together(t *testing.T) {
	t.Helper()
	const writers, each = 16, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				delivery := fmt.Sprintf("%d-%d", w, i)
				connection := r.connection
				if i == each-1 {
					connection = 999 // there is none
				}
				e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/" + delivery, After: "a"}
				ids, err := r.Receive(context.WithoutCancel(t.Context()), store.Received{Connection: connection, ID: delivery, At: noon, Events: []slipway.Event{e}})
				if failed := connection == 999; (err != nil) != failed || !failed && len(ids) != 1 {
					t.Errorf("%s: %v, %v", delivery, ids, err)
				}
			}
		})
	}
	wg.Wait()
	order, err := r.Pending(t.Context(), 1000)
	if err != nil || len(order) != writers*(each-1) {
		t.Errorf("%d events, want %d, %v", len(order), writers*(each-1), err)
	}
}

package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func wholeTests() []test {
	return []test{
		{"it is there after it was closed", (*record).survives},
		{"no text is refused", (*record).texts},
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
				ids, err := r.Receive(context.WithoutCancel(t.Context()), slipway.Delivery{Connection: connection, ID: delivery, At: noon, Events: []slipway.Event{e}})
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

// texts are such as nobody should send; what has them is recorded all the same.
func (r *record) texts(t *testing.T) {
	t.Helper()
	for i, odd := range []string{"a\x00b", "\xff\xfe", "' OR 1=1 --", "?", "$1", "\u202e", strings.Repeat("long ", 1<<16)} {
		event := r.receive(t, odd[:min(len(odd), 100)], slipway.Event{Kind: slipway.EventPush, Repository: odd, Ref: "refs/heads/main", After: fmt.Sprint(i), Actor: odd})[0]
		build := r.finds(t, event, fmt.Sprint(i), slipway.ExpandPolicy{}, slipway.Found{Name: "cart", Path: odd, Kind: slipway.Kind(odd), Inputs: odd}).Builds[0]
		a := r.claim(t, build)
		must(t, r.Append(t.Context(), a, 1, []byte(odd[:min(len(odd), store.MaxChunk)])))
		must(t, r.Finish(t.Context(), a, 1, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: odd}, noon))
		must(t, r.Audit(t.Context(), slipway.AuditEntry{Who: odd, Did: odd, Target: odd}))
		must(t, r.SeeWorker(t.Context(), slipway.WorkerReport{Name: "w", Sick: odd}, noon))
		must(t, r.SetSecret(t.Context(), "shop", "", "A", odd[:min(len(odd), 1<<10)], noon))
		problem := slipway.Expansion{Problem: &slipway.Problem{Message: odd, Hint: odd}}
		if _, err := r.Expand(t.Context(), r.push(t, fmt.Sprint("p", i))[0], problem, slipway.ExpandPolicy{}, noon); err != nil {
			t.Errorf("%.20q: %v", odd, err)
		}
		if b := r.state(t, build); b.State != slipway.BuildFailed || len(b.Reason) > 5<<10 {
			t.Errorf("%.20q: %+v", odd, b.State)
		}
	}
}

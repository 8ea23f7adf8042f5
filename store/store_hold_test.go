package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func holdTests() []test {
	return []test{
		{"a key has one holder", (*record).keyHeld},
		{"one of many gets a key", (*record).keyOnce},
		{"a hold ends with its attempt", (*record).keyFreed},
		{"one control plane leads", (*record).leads},
	}
}

func (r *record) holder(t *testing.T, a slipway.Attempt, key slipway.BuildKey) bool {
	t.Helper()
	held, err := r.HoldKey(t.Context(), a, key)
	must(t, err)
	return held
}

func (r *record) keyHeld(t *testing.T) {
	t.Helper()
	first, second := r.claim(t, r.build(t, "a")), r.claim(t, r.build(t, "b"))
	for range 2 {
		if !r.holder(t, first, "k") || r.holder(t, second, "k") {
			t.Error("the first that asks does not hold it alone")
		}
	}
	if !r.holder(t, second, "other") {
		t.Error("another key is held by nobody, and not given")
	}
	must(t, r.Finish(t.Context(), first, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	if !r.holder(t, second, "k") {
		t.Error("its holder has ended, and still holds it")
	}
	_, err := r.HoldKey(t.Context(), first, "k")
	wants(t, err, slipway.CodeConflict)
}

func (r *record) keyOnce(t *testing.T) {
	t.Helper()
	var attempts []slipway.Attempt
	for i := range 8 {
		attempts = append(attempts, r.claim(t, r.build(t, fmt.Sprint(i))))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for _, a := range attempts {
		wg.Go(func() {
			held, err := r.HoldKey(context.WithoutCancel(t.Context()), a, "k")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if held {
				n++
			}
		})
	}
	wg.Wait()
	if n != 1 {
		t.Errorf("%d hold it", n)
	}
}

func (r *record) keyFreed(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	first, waits := r.claim(t, build), r.claim(t, r.build(t, "b"))
	r.holder(t, first, "k")
	must(t, r.Renew(t.Context(), waits, noon.Add(time.Hour)))
	_, err := r.Expire(t.Context(), noon.Add(2*time.Minute))
	must(t, err)
	second := r.claim(t, build) // the same build, and not the attempt that held it
	if !r.holder(t, waits, "k") || r.holder(t, second, "k") {
		t.Error("a lost attempt still holds it")
	}
	must(t, r.Cancel(t.Context(), waits.Build, "", noon))
	if !r.holder(t, second, "k") {
		t.Error("a cancelled build still holds it")
	}
}

func (r *record) leads(t *testing.T) {
	t.Helper()
	other := open(t, r.address)
	first, second := r.Leader(), other.Leader()
	for range 2 {
		if !first.Lead(t.Context()) {
			t.Fatal("nobody leads")
		}
	}
	several := second.Lead(t.Context())
	if postgres := r.address[0] == 'p'; several == postgres {
		t.Errorf("two lead: %t", several)
	}
	must(t, first.Close())
	// The server ends a session a moment after its client has closed it.
	led := second.Lead(t.Context())
	for deadline := time.Now().Add(10 * time.Second); !led && time.Now().Before(deadline); {
		led = second.Lead(t.Context())
	}
	if !led {
		t.Error("the lead is not given away")
	}
	must(t, second.Close())
	var _ interface {
		Lead(ctx context.Context) bool
	} = (*store.Leader)(nil)
}

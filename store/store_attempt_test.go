package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

func attemptTests() []test {
	return []test{
		{"one of many claims a build", (*record).claimOnce},
		{"a stale attempt is refused everywhere", (*record).staleRefused},
		{"the platform has three strikes", (*record).strikes},
		{"a lost worker is no strike", (*record).expires},
		{"nothing is tried for ever", (*record).mostAttempts},
		{"what is handed back may have to wait", (*record).later},
		{"what is cancelled is over", (*record).cancels},
	}
}

func (r *record) claimOnce(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	var wg sync.WaitGroup
	var mu sync.Mutex
	var won []slipway.Attempt
	for i := range 8 {
		wg.Go(func() {
			a, err := r.Claim(context.WithoutCancel(t.Context()), build, fmt.Sprint("w", i), noon, noon.Add(time.Minute))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, a)
			} else if slipway.ErrorCode(err) != slipway.CodeConflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 || won[0].Number != 1 || r.state(t, build).Worker != won[0].Worker {
		t.Errorf("won by %+v", won)
	}
	_, err := r.Claim(t.Context(), 999, "w", noon, noon)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) staleRefused(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	first := r.claim(t, build)
	if n, err := r.Expire(t.Context(), noon.Add(2*time.Minute)); n != 1 || err != nil {
		t.Fatalf("%d expired, %v", n, err)
	}
	second := r.claim(t, build)
	if second.Number != 2 {
		t.Fatalf("%+v", second)
	}
	wants(t, r.Renew(t.Context(), first, noon), slipway.CodeConflict)
	wants(t, r.Append(t.Context(), first, 1, []byte("x")), slipway.CodeConflict)
	wants(t, r.Finish(t.Context(), first, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon), slipway.CodeConflict)
	if got := r.state(t, build); got.State != slipway.BuildRunning || got.Attempt != 2 {
		t.Errorf("a stale report changed the build: %+v", got)
	}
	must(t, r.Renew(t.Context(), second, noon.Add(time.Hour)))
	must(t, r.Finish(t.Context(), second, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	wants(t, r.Renew(t.Context(), second, noon), slipway.CodeConflict)
	wants(t, r.Append(t.Context(), second, 1, nil), slipway.CodeConflict)
}

func (r *record) strikes(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	back := slipway.Outcome{State: slipway.BuildQueued, Class: slipway.ClassPlatform, Reason: "the daemon went away"}
	for n := 1; n < slipway.MaxStrikes; n++ {
		must(t, r.Finish(t.Context(), r.claim(t, build), 0, back, noon))
		if got := r.state(t, build); got.State != slipway.BuildQueued || got.Strikes != n {
			t.Fatalf("after strike %d: %+v", n, got)
		}
	}
	drained := slipway.Outcome{State: slipway.BuildQueued, Reason: "its worker is drained"}
	must(t, r.Finish(t.Context(), r.claim(t, build), 0, drained, noon))
	must(t, r.Finish(t.Context(), r.claim(t, build), 0, back, noon))
	if got := r.state(t, build); got.State != slipway.BuildFailed || got.Class != slipway.ClassPlatform || got.Reason != back.Reason {
		t.Errorf("after the last strike: %+v", got)
	}
}

func (r *record) expires(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	r.claim(t, build)
	if n, err := r.Expire(t.Context(), noon.Add(30*time.Second)); n != 0 || err != nil {
		t.Errorf("%d expired before their time, %v", n, err)
	}
	must(t, r.RenewAll(t.Context(), noon.Add(time.Hour))) // the control plane was away
	if n, err := r.Expire(t.Context(), noon.Add(10*time.Minute)); n != 0 || err != nil {
		t.Errorf("%d leases aged while nobody could renew them, %v", n, err)
	}
	if n, err := r.Expire(t.Context(), noon.Add(2*time.Hour)); n != 1 || err != nil {
		t.Errorf("%d expired, %v", n, err)
	}
	if got := r.state(t, build); got.State != slipway.BuildQueued || got.Strikes != 0 || got.Attempt != 1 {
		t.Errorf("%+v", got)
	}
}

func (r *record) later(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	back := slipway.Outcome{State: slipway.BuildQueued, Reason: "the forge does not answer", Later: true}
	var waits []time.Duration
	for range 9 {
		must(t, r.Finish(t.Context(), r.claim(t, build), 0, back, noon))
		active, err := r.Active(t.Context())
		must(t, err)
		waits = append(waits, active[0].Due.Sub(noon))
	}
	same(t, waits, []time.Duration{
		2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second, 2 * time.Minute, 2 * time.Minute, 2 * time.Minute,
	})
	back.Later = false
	must(t, r.Finish(t.Context(), r.claim(t, build), 0, back, noon))
	if active, err := r.Active(t.Context()); !active[0].Due.IsZero() || err != nil {
		t.Errorf("due %s, %v", active[0].Due, err)
	}
}

func (r *record) mostAttempts(t *testing.T) {
	t.Helper()
	lost, back := r.build(t, "a"), r.build(t, "b")
	for n := 1; n <= slipway.MaxAttempts; n++ {
		for _, build := range []int64{lost, back} {
			if got := r.state(t, build); got.State != slipway.BuildQueued {
				t.Fatalf("before try %d: %+v", n, got)
			}
		}
		r.claim(t, lost)
		must(t, r.Finish(t.Context(), r.claim(t, back), 0, slipway.Outcome{State: slipway.BuildQueued, Reason: "the disk was full"}, noon))
		if n, err := r.Expire(t.Context(), noon.Add(time.Hour)); n != 1 || err != nil {
			t.Fatalf("%d expired, %v", n, err)
		}
	}
	for _, build := range []int64{lost, back} {
		if got := r.state(t, build); got.State != slipway.BuildFailed || got.Class != slipway.ClassPlatform || !strings.Contains(got.Reason, "tried 50 times") || got.Ended.IsZero() {
			t.Errorf("%+v", got)
		}
	}
}

func (r *record) cancels(t *testing.T) {
	t.Helper()
	waiting, running := r.build(t, "a"), r.build(t, "b")
	a := r.claim(t, running)
	for _, build := range []int64{waiting, running} {
		must(t, r.Cancel(t.Context(), build, "mia cancelled it", noon))
		if got := r.state(t, build); got.State != slipway.BuildCancelled || got.Reason != "mia cancelled it" {
			t.Errorf("%+v", got)
		}
		wants(t, r.Cancel(t.Context(), build, "", noon), slipway.CodeConflict)
	}
	wants(t, r.Renew(t.Context(), a, noon), slipway.CodeConflict)
	wants(t, r.Cancel(t.Context(), 999, "", noon), slipway.CodeNotFound)
}

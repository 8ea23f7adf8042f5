package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

// TestStore runs one suite against both databases.
func TestStore(t *testing.T) {
	t.Parallel()
	open := map[string]func(t *testing.T) string{
		"sqlite":   newFile,
		"postgres": newDatabase,
	}
	for name, address := range open {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, test := range []struct {
				name string
				run  func(*record, *testing.T)
			}{
				{"a delivery counts once", (*record).deliveryOnce},
				{"a ref moves when it moves", (*record).refMoves},
				{"a pull request is a ref of its own", (*record).pullMoves},
				{"an event is expanded once", (*record).expandOnce},
				{"a later head supersedes what waits", (*record).supersedes},
				{"one of many claims a build", (*record).claimOnce},
				{"a stale attempt is refused everywhere", (*record).staleRefused},
				{"a build ends when its log is whole", (*record).logWhole},
				{"a log is read in order, across attempts", (*record).logOrder},
				{"the platform has three strikes", (*record).strikes},
				{"a lost worker is no strike", (*record).expires},
				{"what is cancelled is over", (*record).cancels},
				{"the outbox keeps the order of each key", (*record).outboxOrder},
				{"builds are listed in pages", (*record).pages},
				{"names are checked", (*record).names},
				{"it is there after it was closed", (*record).survives},
				{"many write at once", (*record).together},
			} {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(newRecord(t, address(t)), t)
				})
			}
		})
	}
}

// newFile gives the address of a SQLite record that is not there yet.
func newFile(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "record.db")
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// record is a store with a team, a connection and a service.
type record struct {
	*store.Store
	address             string
	connection, service int64
	deliveries          int
}

func newRecord(t *testing.T, address string) *record {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r := &record{Store: s, address: address}
	must(t, s.AddTeam(t.Context(), "shop"))
	r.connection = got(t)(s.Connect(t.Context(), store.Connection{Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://forge.example/shop/cart.git"}, noon))
	r.service = got(t)(s.AddService(t.Context(), r.connection, "cart"))
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got gives a value and fails for an error.
func got(t *testing.T) func(v int64, err error) int64 {
	t.Helper()
	return func(v int64, err error) int64 {
		t.Helper()
		must(t, err)
		return v
	}
}

func wants(t *testing.T, err error, code slipway.Code) {
	t.Helper()
	if slipway.ErrorCode(err) != code {
		t.Errorf("%v, want %s", err, code)
	}
}

// push receives a push of main under a delivery of its own.
func (r *record) push(t *testing.T, object string) []int64 {
	t.Helper()
	r.deliveries++
	return r.receive(t, fmt.Sprintf("d-%d", r.deliveries), slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: object})
}

func (r *record) receive(t *testing.T, delivery string, events ...slipway.Event) []int64 {
	t.Helper()
	ids, err := r.Receive(t.Context(), store.Received{Connection: r.connection, Delivery: delivery, At: noon, Events: events})
	must(t, err)
	return ids
}

// build is one that waits.
func (r *record) build(t *testing.T, object string) int64 {
	t.Helper()
	return r.expand(t, r.push(t, object)[0], object, false)
}

func (r *record) expand(t *testing.T, event int64, object string, supersede bool) int64 {
	t.Helper()
	ids, err := r.Expand(t.Context(), event, []store.Wanted{{
		Service: r.service, Ref: "refs/heads/main", Commit: object, Trust: slipway.TrustMember, Supersede: supersede,
	}}, "", noon)
	must(t, err)
	return ids[0]
}

func (r *record) claim(t *testing.T, build int64) slipway.Attempt {
	t.Helper()
	a, err := r.Claim(t.Context(), build, "worker-1", noon, noon.Add(time.Minute))
	must(t, err)
	return a
}

func (r *record) state(t *testing.T, build int64) slipway.Build {
	t.Helper()
	b, err := r.Build(t.Context(), build)
	must(t, err)
	return b
}

func (r *record) deliveryOnce(t *testing.T) {
	t.Helper()
	e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: "a"}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var ids []int64
	for range 8 {
		wg.Go(func() {
			got, err := r.Receive(context.WithoutCancel(t.Context()), store.Received{Connection: r.connection, Delivery: "one", At: noon, Events: []slipway.Event{e}})
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
	_, order, err := r.Pending(t.Context(), 10)
	if err != nil || !slices.Equal(order, ids) {
		t.Errorf("pending %v, %v", order, err)
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
	if ids := r.receive(t, "manual", again); len(ids) != 1 {
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

func (r *record) expandOnce(t *testing.T) {
	t.Helper()
	event := r.push(t, "a")[0]
	first, again := r.expand(t, event, "a", false), r.expand(t, event, "a", false)
	if first != again {
		t.Errorf("expanded twice: builds %d and %d", first, again)
	}
	if _, order, err := r.Pending(t.Context(), 10); len(order) != 0 || err != nil {
		t.Errorf("still pending: %v, %v", order, err)
	}
	_, err := r.Expand(t.Context(), 999, nil, "", noon)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) supersedes(t *testing.T) {
	t.Helper()
	running, waiting := r.build(t, "a"), r.build(t, "b")
	a := r.claim(t, running)
	last := r.expand(t, r.push(t, "c")[0], "c", true)
	for build, want := range map[int64]slipway.BuildState{running: slipway.BuildRunning, waiting: slipway.BuildSuperseded, last: slipway.BuildQueued} {
		if got := r.state(t, build).State; got != want {
			t.Errorf("build %d is %s, want %s", build, got, want)
		}
	}
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	_, err := r.Claim(t.Context(), waiting, "w", noon, noon)
	wants(t, err, slipway.CodeConflict)
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

func (r *record) logWhole(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	a := r.claim(t, build)
	done := slipway.Outcome{State: slipway.BuildSucceeded, Image: slipway.Image{Tag: "main-1", Digest: "sha256:x"}, Known: true}
	must(t, r.Append(t.Context(), a, 2, []byte("two")))
	wants(t, r.Finish(t.Context(), a, 2, done, noon), slipway.CodeConflict)
	if got := r.state(t, build).State; got != slipway.BuildRunning {
		t.Errorf("the build is %s although its log has a gap", got)
	}
	for range 2 { // an answer that was lost is asked for again
		must(t, r.Append(t.Context(), a, 1, []byte("one")))
	}
	must(t, r.Finish(t.Context(), a, 2, done, noon.Add(time.Second)))
	b := r.state(t, build)
	if b.State != slipway.BuildSucceeded || !b.Known || b.Image.Digest != "sha256:x" || !b.Ended.Equal(noon.Add(time.Second)) {
		t.Errorf("%+v", b)
	}
	wants(t, r.Append(t.Context(), a, 0, nil), slipway.CodeUsage)
	wants(t, r.Append(t.Context(), a, 1, make([]byte, store.MaxChunk+1)), slipway.CodeUsage)
	wants(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSuperseded}, noon), slipway.CodeUsage)
}

func (r *record) logOrder(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	first := r.claim(t, build)
	must(t, r.Append(t.Context(), first, 1, []byte("1.1")))
	_, err := r.Expire(t.Context(), noon.Add(time.Hour))
	must(t, err)
	second := r.claim(t, build)
	for _, n := range []int{2, 1} {
		must(t, r.Append(t.Context(), second, n, fmt.Appendf(nil, "2.%d", n)))
	}
	var text []string
	after := store.Chunk{}
	for {
		chunks, err := r.Log(t.Context(), build, after, 1)
		must(t, err)
		if len(chunks) == 0 {
			break
		}
		after = chunks[0]
		text = append(text, string(after.Data))
	}
	if diff := cmp.Diff([]string{"1.1", "2.1", "2.2"}, text); diff != "" {
		t.Error(diff)
	}
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

func (r *record) outboxOrder(t *testing.T) {
	t.Helper()
	build := r.build(t, "a") // "queued" is told
	r.claim(t, build)        // "running" is told after it
	due := func(at time.Time) []store.Message {
		t.Helper()
		m, err := r.Due(t.Context(), store.TopicStatus, at, 10)
		must(t, err)
		return m
	}
	first := due(noon)
	if len(first) != 1 {
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
	if n, err := r.Waiting(t.Context(), store.TopicStatus); n != 1 || err != nil {
		t.Errorf("%d wait, %v", n, err)
	}
}

func (r *record) pages(t *testing.T) {
	t.Helper()
	var all []int64
	for i := range 5 {
		all = append(all, r.build(t, fmt.Sprint(i)))
	}
	must(t, r.Cancel(t.Context(), all[1], "", noon))
	slices.Reverse(all)
	ids := func(p store.Page) (ids []int64) {
		t.Helper()
		builds, err := r.Builds(t.Context(), p)
		must(t, err)
		for _, b := range builds {
			ids = append(ids, b.ID)
		}
		return ids
	}
	first := ids(store.Page{Most: 3})
	rest := ids(store.Page{Before: first[2], Most: 3})
	if diff := cmp.Diff(all, slices.Concat(first, rest)); diff != "" {
		t.Error(diff)
	}
	if got := ids(store.Page{Team: "shop", Name: "cart", State: slipway.BuildCancelled, Most: 9}); !slices.Equal(got, []int64{all[3]}) {
		t.Errorf("%v", got)
	}
	if got := ids(store.Page{Team: "other", Most: 9}); got != nil {
		t.Errorf("another team sees %v", got)
	}
	active, err := r.Active(t.Context())
	if err != nil || len(active) != 4 || active[0].ID != all[4] || active[0].Service.String() != "shop/cart" {
		t.Errorf("%+v, %v", active, err)
	}
}

func (r *record) names(t *testing.T) {
	t.Helper()
	wants(t, r.AddTeam(t.Context(), "Not A Label"), slipway.CodeUsage)
	_, err := r.Connect(t.Context(), store.Connection{Team: "nobody", URL: "u"}, noon)
	wants(t, err, slipway.CodeNotFound)
	_, err = r.AddService(t.Context(), r.connection, "../x")
	wants(t, err, slipway.CodeUsage)
	_, err = r.AddService(t.Context(), 999, "x")
	wants(t, err, slipway.CodeNotFound)
	other := got(t)(r.Connect(t.Context(), store.Connection{Team: "shop", Forge: "github", Repository: "shop/other", URL: "https://forge.example/shop/other.git"}, noon))
	_, err = r.AddService(t.Context(), other, "cart")
	wants(t, err, slipway.CodeConflict)
	if again := got(t)(r.AddService(t.Context(), r.connection, "cart")); again != r.service {
		t.Errorf("the service has two ids, %d and %d", again, r.service)
	}
}

func (r *record) survives(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	must(t, r.Close())
	s, err := store.Open(t.Context(), r.address)
	must(t, err)
	defer s.Close()
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
				ids, err := r.Receive(context.WithoutCancel(t.Context()), store.Received{Connection: connection, Delivery: delivery, At: noon, Events: []slipway.Event{e}})
				if failed := connection == 999; (err != nil) != failed || !failed && len(ids) != 1 {
					t.Errorf("%s: %v, %v", delivery, ids, err)
				}
			}
		})
	}
	wg.Wait()
	_, order, err := r.Pending(t.Context(), 1000)
	if err != nil || len(order) != writers*(each-1) {
		t.Errorf("%d events, want %d, %v", len(order), writers*(each-1), err)
	}
}

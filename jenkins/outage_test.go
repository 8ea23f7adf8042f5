package jenkins_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
	"github.com/slipway-ci/slipway/store"
)

// TestOutage_DelaysReportsAndNothingElse is BenchmarkOutage with fewer builds.
func TestOutage_DelaysReportsAndNothingElse(t *testing.T) {
	t.Parallel()
	outage(t, 10, 200)
}

// BenchmarkOutage has Jenkins down for an hour while 10,000 builds of 100
// services begin and end: when it is back all arrive once, in the order of
// each service, and what they took in memory is given back.
//
//	go test ./jenkins -run '^$' -bench Outage -benchtime 1x
func BenchmarkOutage(b *testing.B) {
	for b.Loop() {
		outage(b, 100, 10_000)
	}
}

// longestWait is the longest that a message waits to be tried again.
const longestWait = 5 * time.Minute

// deaf is a bell that nobody hears: parts look by themselves.
type deaf struct{}

func (deaf) Ring(string)                                              {}
func (deaf) Listen(context.Context, string, func(topic string)) error { return nil }

func outage(tb testing.TB, services, builds int) {
	tb.Helper()
	w := newWorld(tb, jenkinstest.Options{}, "")
	var names []string
	for i := range services {
		names = append(names, fmt.Sprintf("s%03d", i))
	}
	must(tb, w.delivers())
	outbox := &dispatch.Outbox{
		Topic: store.TopicJenkins, Messages: w.Store, Courier: w.courier, Bell: deaf{}, Leader: always{}, Now: w.clock.now, Log: slog.New(slog.DiscardHandler),
	}
	w.jenkins.Starting(true)
	stop := w.runs(outbox.Run, w.follower.Run)
	before := held()
	begun := time.Now()
	each(builds/services, func(n int) { w.buildsOf(names, n) })
	if time.Since(begun) > time.Minute {
		tb.Logf("the record took %s", time.Since(begun).Round(time.Second))
	}
	for range 60 { // an hour, a minute at a time; what is due is tried each time
		w.clock.move(time.Minute)
		tick(20 * time.Millisecond)
	}
	waits, err := w.JenkinsWaits(tb.Context(), w.controller.ID)
	must(tb, err)
	if waits.Reports < 2*builds || waits.Reason == "" {
		tb.Errorf("%+v wait for a Jenkins that is down, want %d", waits, 2*builds)
	}
	w.jenkins.Starting(false)
	w.clock.move(longestWait)
	last, since := 0, time.Now()
	soon(tb, 10*time.Minute, func() string {
		n, err := w.Waiting(tb.Context(), store.TopicJenkins)
		left, errLeft := w.RunsToFollow(tb.Context(), w.controller.ID, 0, 1)
		if n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > 2*time.Second { // some were tried while nobody was asked yet, and wait once more
			since = time.Now()
			w.clock.move(longestWait)
		}
		if err != nil || errLeft != nil || n > 0 || len(left) > 0 {
			return fmt.Sprintf("%d messages wait, %d runs are followed, %v, %v", n, len(left), err, errLeft)
		}
		return ""
	})
	stop()
	grown := int64(held()) - int64(before)
	arrived := w.arrived(names, builds/services)
	if arrived != builds {
		tb.Errorf("%d of %d arrived", arrived, builds)
	}
	tb.Logf("%d builds of %d services arrived after an hour; heap %+.1f MB, with what the fake Jenkins keeps of them", arrived, services, float64(grown)/1e6)
	if _, alone := tb.(*testing.B); alone && grown > 20e6 { // a test has others beside it
		tb.Errorf("the heap grew by %d bytes", grown)
	}
}

// runs starts loops and gives what ends them.
func (w *world) runs(loops ...func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	var all sync.WaitGroup
	for _, loop := range loops {
		all.Go(func() { _ = loop(ctx) })
	}
	return func() { cancel(); all.Wait() }
}

// buildsOf has one push build all of the services, which all succeed.
func (w *world) buildsOf(names []string, n int) {
	w.t.Helper()
	ctx := w.t.Context()
	commit := fmt.Sprintf("%040x", n+1)
	ids, err := w.Receive(ctx, slipway.Delivery{Connection: w.connection, ID: commit, At: w.clock.now(), Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: mainRef, After: commit,
	}}})
	must(w.t, err)
	var found []slipway.Found
	no := false
	for _, name := range names {
		found = append(found, slipway.Found{Name: name, Inputs: commit, Supersede: &no})
	}
	out, err := w.Expand(ctx, ids[0], slipway.Expansion{Commit: commit, Services: found}, slipway.ExpandPolicy{Default: mainRef}, w.clock.now())
	must(w.t, err)
	var all sync.WaitGroup
	for _, id := range out.Builds {
		all.Go(func() {
			a, err := w.Claim(ctx, id, "w", w.clock.now(), w.clock.now().Add(time.Hour))
			if err == nil {
				err = w.Finish(ctx, a, 0, slipway.Outcome{State: slipway.BuildSucceeded, Image: slipway.Image{Tag: "t"}}, w.clock.now())
			}
			if err != nil {
				w.t.Error(err)
			}
		})
	}
	all.Wait()
}

// arrived counts the builds that Jenkins has a run of, and sees that each has
// one and that those of a service came in their order.
func (w *world) arrived(names []string, each int) (n int) {
	w.t.Helper()
	for _, name := range names {
		var ids []int
		for _, r := range w.jenkins.Runs("slipway/shop/" + name) {
			id, err := strconv.Atoi(r.Parameters["SLIPWAY_BUILD_ID"])
			must(w.t, err)
			ids = append(ids, id)
		}
		if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) || len(ids) != each {
			w.t.Errorf("of %s there are %d runs, want %d in their order: %v", name, len(ids), each, ids)
		}
		n += len(ids)
	}
	return n
}

func each(n int, do func(int)) {
	for i := range n {
		do(i)
	}
}

// tick waits for real time to go by, since loops of the service do.
func tick(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	<-t.C
}

func held() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

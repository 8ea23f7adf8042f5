package jenkins_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

// logOf gives what the step has printed of the build's log.
func (w *world) logOf(job string) string {
	runs := w.jenkins.Runs(job)
	if len(runs) == 0 {
		return ""
	}
	var lines []string
	for line := range strings.Lines(runs[len(runs)-1].Log) {
		if after, ok := strings.CutPrefix(line, "compile | "); ok {
			lines = append(lines, after)
		}
	}
	return strings.Join(lines, "")
}

// TestStep_SurvivesSlipway has Slipway go away, and break connections in the
// middle of an answer, while the step prints: no line is lost or comes twice.
func TestStep_SurvivesSlipway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	b := w.push(slipway.Event{})
	a := w.claimed(b)
	must(t, w.delivers())
	want := ""
	prints := func(chunk int) {
		var lines []string
		for i := range 200 {
			lines = append(lines, fmt.Sprintf("line %d of %d %s", i, chunk, strings.Repeat("x", 100)))
		}
		want += strings.Join(lines, "\n") + "\n"
		w.prints(a, chunk, lines...)
	}
	printed := func() {
		t.Helper()
		soon(t, 20*time.Second, func() string {
			if got := w.logOf(cartJob); got != want {
				return fmt.Sprintf("%d bytes are printed, want %d", len(got), len(want))
			}
			return ""
		})
	}
	prints(1)
	printed()
	w.down()
	soon(t, 10*time.Second, func() string { return lacks(w, cartJob, "[Slipway does not answer") })
	prints(2)
	w.up()
	printed()
	w.cuts(3)
	prints(3)
	printed()
	w.ends(a, 3, slipway.BuildSucceeded)
	soon(t, 10*time.Second, func() string {
		if r := w.jenkins.Runs(cartJob)[0]; r.Result != "SUCCESS" {
			return fmt.Sprintf("the run is %+v", r)
		}
		return ""
	})
	printed()
}

// cuts breaks the next answers that have a part of a log, in their middle.
func (w *world) cuts(times int64) {
	whole := *w.handler.Load()
	var left atomic.Int64
	left.Store(times)
	broken := http.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/log") && left.Add(-1) >= 0 {
			rw.Header().Set("Content-Length", "100000")
			rw.Header().Set("Slipway-Next", "1-99")
			_, _ = rw.Write([]byte("compile | half a l"))
			panic(http.ErrAbortHandler)
		}
		whole.ServeHTTP(rw, r)
	}))
	w.handler.Store(&broken)
}

// TestStep_ALongLogIsCut: consoles of many megabytes take controllers down.
func TestStep_ALongLogIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	b := w.push(slipway.Event{})
	a := w.claimed(b)
	line := strings.Repeat("y", 60_000)
	for i := range 200 { // 12 MB
		w.prints(a, i+1, line)
	}
	must(t, w.delivers())
	soon(t, 2*time.Minute, func() string { return lacks(w, cartJob, "[the log goes on at ") }) // seconds, where nothing else runs
	w.ends(a, 200, slipway.BuildFailed)
	soon(t, 10*time.Second, func() string {
		if r := w.jenkins.Runs(cartJob)[0]; r.Result != "FAILURE" {
			return "the run is " + r.Result
		}
		return ""
	})
	log := w.jenkins.Runs(cartJob)[0].Log
	if n := len(log); n < 10<<20 || n > 10<<20+2000 {
		t.Errorf("the console has %d bytes, want 10 MiB and a little", n)
	}
	if !strings.Contains(log, fmt.Sprintf("\n[the log goes on at %s/builds/%d]\n", w.api.URL, b.ID)) {
		t.Error("the console does not say where the rest is")
	}
}

// TestStep_WithoutATicketItEnds: one that does not count shows nothing, and
// nobody waits for it.
func TestStep_WithoutATicketItEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	w.courier.Tickets = slipway.TicketKey("another")
	w.claimed(w.push(slipway.Event{}))
	must(t, w.delivers())
	soon(t, 10*time.Second, func() string {
		if runs := w.jenkins.Runs(cartJob); runs[0].Result != "FAILURE" {
			return fmt.Sprintf("the run is %+v", runs[0])
		}
		return lacks(w, cartJob, "to this job any more (401)")
	})
}

// TestStep_ThatIsStoppedCancelsNothing: a controller or an agent that goes down
// stops its steps as an abort does, and builds go on.
func TestStep_ThatIsStoppedCancelsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true, Grace: 10 * time.Second}, "")
	b := w.push(slipway.Event{})
	w.claimed(b)
	must(t, w.delivers())
	soon(t, 10*time.Second, func() string { return lacks(w, cartJob, "Slipway build") })
	w.aborts(cartJob, 1)
	soon(t, 5*time.Second, func() string { // well before it is killed
		if r := w.jenkins.Runs(cartJob)[0]; r.Result != "ABORTED" {
			return fmt.Sprintf("the run is %+v", r)
		}
		return ""
	})
	if b := w.build(b.ID); b.State != slipway.BuildRunning {
		t.Errorf("nobody asked Jenkins who stopped the step, and the build is %s: %s", b.State, b.Reason)
	}
}

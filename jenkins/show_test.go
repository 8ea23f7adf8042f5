package jenkins_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
	"github.com/slipway-ci/slipway/store"
)

const cartJob = "slipway/shop/cart"

// TestShow_ABuildIsJenkinsOwn runs the real step, as Jenkins would.
func TestShow_ABuildIsJenkinsOwn(t *testing.T) {
	t.Parallel()
	for name, hudson := range map[string]bool{"jenkins": false, "hudson": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{Shell: true, Hudson: hudson}, "")
			w.follows()
			job := cartJob
			if hudson {
				job = "slipway-shop-cart"
			}
			b := w.push(slipway.Event{})
			if err := w.delivers(); err != nil { // the job alone
				t.Fatal(err)
			}
			if runs := w.jenkins.Runs(job); !w.jenkins.Has(job) || len(runs) != 0 {
				t.Errorf("there are the runs %+v of a build that waits", runs)
			}
			a := w.claimed(b)
			w.prints(a, 1, "one", "two \x1b[8mha:AAAA\x1b[0m forged")
			must(t, w.delivers())
			w.in(b.ID, slipway.RunShows, slipway.RunRuns)
			soon(t, 20*time.Second, func() string { return lacks(w, job, "compile | one\n", fmt.Sprintf("/builds/%d\n", b.ID)) })
			if d := w.jenkins.Runs(job)[0]; d.Name != fmt.Sprintf("#%d main@00000000", b.ID) || !strings.Contains(d.Description, "by ann") {
				t.Errorf("the run is called %q: %q", d.Name, d.Description)
			}
			w.prints(a, 2, "three")
			w.ends(a, 2, slipway.BuildSucceeded)
			must(t, w.delivers())
			run := w.in(b.ID, slipway.RunShows, slipway.RunEnded)
			if run.Result != "SUCCESS" || run.Number != 1 || run.Note != "" || run.URL == "" {
				t.Errorf("the run is %+v", run)
			}
			seen := w.jenkins.Runs(job)[0]
			want := fmt.Sprintf("Slipway build %d: %s/builds/%d\ncompile | one\ncompile | two ha:AAAA forged\ncompile | three\nSlipway build %d succeeded: %[2]s/builds/%[1]d\n", b.ID, w.api.URL, b.ID, b.ID)
			_, log, _ := strings.Cut(seen.Log, "slipway\n") // what Jenkins says itself, at the begin and the end
			if diff := cmp.Diff(want, strings.TrimSuffix(log, "Finished: SUCCESS\n")); diff != "" {
				t.Errorf("the console (-want +got):\n%s", diff)
			}
			if seen.Name != "main-7" || !strings.Contains(seen.Description, "registry.example/shop/cart:main-7@sha256:abc") {
				t.Errorf("the run is called %q: %q", seen.Name, seen.Description)
			}
		})
	}
}

// lacks says which texts a job's last console does not have yet.
func lacks(w *world, job string, texts ...string) string {
	runs := w.jenkins.Runs(job)
	if len(runs) == 0 {
		return "there is no run"
	}
	log := runs[len(runs)-1].Log
	for _, text := range texts {
		if !strings.Contains(log, text) {
			return fmt.Sprintf("the console has no %q: %d bytes, at their end %q", text, len(log), log[max(len(log)-2000, 0):])
		}
	}
	return ""
}

// TestShow_AtMostThreeRequestsABuild counts all that is asked of Jenkins for a
// build when its job is there, without what only looks.
func TestShow_AtMostThreeRequestsABuild(t *testing.T) {
	t.Parallel()
	for _, end := range []slipway.BuildState{slipway.BuildSucceeded, slipway.BuildFailed, slipway.BuildCancelled} {
		t.Run(string(end), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{Shell: true}, "")
			w.follows()
			must(t, w.delivers())
			before := len(w.posts())
			b := w.push(slipway.Event{})
			a := w.claimed(b)
			must(t, w.delivers())
			w.in(b.ID, slipway.RunShows, slipway.RunRuns)
			if end == slipway.BuildCancelled {
				must(t, w.Cancel(t.Context(), b.ID, "by ann", w.clock.now()))
			} else {
				w.ends(a, 0, end)
			}
			must(t, w.delivers())
			run := w.in(b.ID, slipway.RunShows, slipway.RunEnded)
			if want := map[slipway.BuildState]string{slipway.BuildSucceeded: "SUCCESS", slipway.BuildFailed: "FAILURE", slipway.BuildCancelled: "ABORTED"}[end]; run.Result != want {
				t.Errorf("the run is %+v, want %s", run, want)
			}
			if posts := w.posts()[before:]; len(posts) != 3 {
				t.Errorf("there were %d requests: %v", len(posts), posts)
			}
		})
	}
}

// TestShow_AnAbortedRunCancelsTheBuild has somebody stop the run in Jenkins:
// soon the build is cancelled here, also when the step does not give way at
// once.
func TestShow_AnAbortedRunCancelsTheBuild(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]jenkinstest.Step{
		"by the real step": nil,
		"by another":       func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{Shell: true, Grace: 4 * time.Second}, "")
			must(t, w.delivers())
			if step != nil {
				w.jenkins.Steps(cartJob, step)
			}
			b := w.push(slipway.Event{})
			w.claimed(b)
			must(t, w.delivers())
			w.follower.Every = 0 // as it is in service
			w.follows()
			w.in(b.ID, slipway.RunShows, slipway.RunRuns)
			if step == nil {
				soon(t, 20*time.Second, func() string { return lacks(w, cartJob, "Slipway build") })
			}
			// What ends in the first round may have ended with a controller that went down.
			soon(t, 20*time.Second, func() string { return w.unasked("/computer") })
			w.aborts(cartJob, 1)
			soon(t, 20*time.Second, func() string {
				if b := w.build(b.ID); b.State != slipway.BuildCancelled || !strings.Contains(b.Reason, "Jenkins") {
					return fmt.Sprintf("the build is %s: %s", b.State, b.Reason)
				}
				return ""
			})
		})
	}
}

// TestShow_ACancelledBuildAbortsTheRun is the other way round.
func TestShow_ACancelledBuildAbortsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	w.follower.Every = 0 // as it is in service
	w.follows()
	b := w.push(slipway.Event{})
	w.claimed(b)
	must(t, w.delivers())
	w.in(b.ID, slipway.RunShows, slipway.RunRuns)
	must(t, w.Cancel(t.Context(), b.ID, "cancelled by ann", w.clock.now()))
	soon(t, 20*time.Second, func() string {
		if runs := w.jenkins.Runs(cartJob); runs[0].Result != "ABORTED" {
			return fmt.Sprintf("the run is %+v", runs[0])
		}
		return ""
	})
}

// crowded is a record with many older runs that come to no end.
type crowded struct{ *store.Store }

func (c crowded) RunsToFollow(ctx context.Context, controller, after int64, most int) (runs []slipway.JenkinsRun, err error) {
	if after != 0 {
		return c.Store.RunsToFollow(ctx, controller, after, most)
	}
	for n := range int64(most) {
		runs = append(runs, slipway.JenkinsRun{Build: n - int64(most), Controller: controller, Kind: slipway.RunShows, Job: cartJob, State: slipway.RunQueued})
	}
	return runs, nil
}

// TestShow_RunsWithoutEndHideNone: what is newer than those is followed, too.
func TestShow_RunsWithoutEndHideNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	w.courier.Runs = crowded{w.Store}
	b := w.push(slipway.Event{})
	w.claimed(b)
	must(t, w.delivers())
	w.follows()
	w.in(b.ID, slipway.RunShows, slipway.RunRuns)
}

// TestShow_WhatWaitsInJenkins is stopped there and here, too.
func TestShow_WhatWaitsInJenkins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	w.follows()
	w.jenkins.Hold(true)
	first, second := w.push(slipway.Event{}), w.push(slipway.Event{})
	w.claimed(first)
	w.claimed(second)
	must(t, w.delivers())
	soon(t, 20*time.Second, func() string {
		if r := w.run(first.ID, slipway.RunShows); r.Note == "" {
			return fmt.Sprintf("it is not said why the run waits: %+v", r)
		}
		return ""
	})
	must(t, w.Cancel(t.Context(), first.ID, "cancelled by ann", w.clock.now()))
	if r := w.in(first.ID, slipway.RunShows, slipway.RunEnded); r.Result != "ABORTED" || r.Number != 0 {
		t.Errorf("the run is %+v, want it to be taken out of the queue", r)
	}
	client := w.client()
	must(t, client.Unqueue(t.Context(), w.run(second.ID, slipway.RunShows).Item))
	soon(t, 20*time.Second, func() string {
		if b := w.build(second.ID); b.State != slipway.BuildCancelled {
			return "the build is " + string(b.State)
		}
		return ""
	})
}

// TestShow_ALateReportEndsAtOnce is of a build that was over before Jenkins
// could be told of it.
func TestShow_ALateReportEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{Shell: true}, "")
	w.jenkins.Starting(true)
	b := w.push(slipway.Event{})
	a := w.claimed(b)
	w.prints(a, 1, "one")
	if err := w.delivers(); slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("a Jenkins that starts gives %v", err)
	}
	w.ends(a, 1, slipway.BuildFailed)
	waits, err := w.JenkinsWaits(t.Context(), w.controller.ID)
	must(t, err)
	if waits.Reports != 3 || waits.Since.IsZero() {
		t.Errorf("%+v wait, want the job and the build's two messages", waits)
	}
	w.jenkins.Starting(false)
	soon(t, 20*time.Second, func() string { // the breaker closes
		return sentence(w.delivers())
	})
	w.follows()
	w.in(b.ID, slipway.RunShows, slipway.RunEnded)
	runs := w.jenkins.Runs(cartJob)
	if len(runs) != 1 || runs[0].Result != "FAILURE" || !strings.Contains(runs[0].Log, "compile | one\n") || !strings.Contains(runs[0].Description, "your code: it does not compile") {
		t.Errorf("the runs are %+v", runs)
	}
}

func sentence(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestShow_AnUnknownAnswerIsLookedUp has the answer to the trigger get lost,
// after and before Jenkins has done it, and the process end each time.
func TestShow_AnUnknownAnswerIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, done := range map[string]bool{"it was done": true, "it was not done": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{Shell: true}, "")
			must(t, w.delivers())
			w.jenkins.Inject("POST", "buildWithParameters", 1, jenkinstest.Drop(done))
			b := w.push(slipway.Event{})
			a := w.claimed(b)
			if err := w.delivers(); err == nil {
				t.Fatal("a lost answer is a success")
			}
			if r := w.run(b.ID, slipway.RunShows); r.State != slipway.RunAsked || r.Note == "" {
				t.Errorf("the run is %+v", r)
			}
			w.start()
			w.ends(a, 0, slipway.BuildSucceeded)
			must(t, w.delivers())
			w.follows()
			w.in(b.ID, slipway.RunShows, slipway.RunEnded)
			if runs := w.jenkins.Runs(cartJob); len(runs) != 1 || runs[0].Result != "SUCCESS" {
				t.Errorf("the runs are %+v, want one", runs)
			}
		})
	}
}

// TestShow_TheJobIsAskedForOnce: Jenkins makes much of a new configuration.
func TestShow_TheJobIsAskedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	configs := func() (posted, read int) {
		for _, r := range w.jenkins.Requests() {
			switch {
			case strings.HasPrefix(r, "POST ") && (strings.Contains(r, "createItem") || strings.Contains(r, "config.xml")):
				posted++
			case strings.HasSuffix(r, "/cart/config.xml"):
				read++
			}
		}
		return posted, read
	}
	for range 3 {
		w.claimed(w.push(slipway.Event{}))
		must(t, w.delivers())
	}
	posted, read := configs()
	w.start() // it has forgotten what it did
	w.claimed(w.push(slipway.Event{}))
	must(t, w.delivers())
	if again, reads := configs(); again != posted || reads != read+1 {
		t.Errorf("after a start %d configurations are posted and %d read, want 0 and 1", again-posted, reads-read)
	}
	own := w.jenkins.Config(cartJob)
	must(t, w.client().Reconfigure(t.Context(), cartJob, strings.Replace(own, "set -u", "echo changed", 1)))
	w.clock.move(time.Hour)
	w.claimed(w.push(slipway.Event{}))
	must(t, w.delivers())
	if got := w.jenkins.Config(cartJob); got != own {
		t.Errorf("an hour after somebody changed it the job is %s", got)
	}
	must(t, w.RemoveServiceWhole(t))
	must(t, w.delivers())
	if w.jenkins.Has(cartJob) {
		t.Error("the job is there without its service")
	}
}

// RemoveServiceWhole ends the service's builds and removes it.
func (w *world) RemoveServiceWhole(t *testing.T) error {
	t.Helper()
	builds, err := w.Builds(t.Context(), slipway.BuildPage{State: slipway.BuildRunning, Most: 99})
	must(t, err)
	for _, b := range builds {
		must(t, w.Cancel(t.Context(), b.ID, "", w.clock.now()))
	}
	return w.RemoveService(t.Context(), cart)
}

// TestShow_AJobThatIsGoneIsMadeAnew has somebody delete it, and rename what it
// is in.
func TestShow_AJobThatIsGoneIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*jenkinstest.Server){
		"deleted": func(s *jenkinstest.Server) { s.Delete(cartJob) },
		"renamed": func(s *jenkinstest.Server) { s.Rename("slipway", "old") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{Shell: true}, "")
			must(t, w.delivers())
			spoil(w.jenkins)
			w.ends(w.claimed(w.push(slipway.Event{})), 0, slipway.BuildSucceeded)
			must(t, w.delivers())
			if runs := w.jenkins.Runs(cartJob); len(runs) != 1 {
				t.Errorf("the runs are %+v", runs)
			}
		})
	}
}

// TestShow_ARunByTheSameNumberIsAnothers: a job that is made anew counts from
// one, and who cancels the first build stops no run of the second.
func TestShow_ARunByTheSameNumberIsAnothers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	must(t, w.delivers())
	first, second := w.push(slipway.Event{}), w.push(slipway.Event{})
	w.claimed(first)
	w.jenkins.Steps(cartJob, func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" })
	must(t, w.delivers())
	stop := w.followsUntil()
	w.in(first.ID, slipway.RunShows, slipway.RunRuns)
	stop()
	config := w.jenkins.Config(cartJob)
	w.jenkins.Delete(cartJob)
	w.jenkins.AddJob(t, cartJob, config)
	w.jenkins.Steps(cartJob, func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" })
	w.claimed(second)
	must(t, w.delivers())
	must(t, w.Cancel(t.Context(), first.ID, "cancelled by ann", w.clock.now()))
	w.follows()
	if r := w.in(first.ID, slipway.RunShows, slipway.RunLost); !strings.Contains(r.Note, "made anew") {
		t.Errorf("the first build's run is %+v", r)
	}
	w.in(second.ID, slipway.RunShows, slipway.RunRuns)
	if b, runs := w.build(second.ID), w.jenkins.Runs(cartJob); b.State != slipway.BuildRunning || len(runs) != 1 || runs[0].Result != "" {
		t.Errorf("the second build is %s, its run %+v", b.State, runs)
	}
}

// TestShow_WhatCannotBeShownIsNoted: somebody else's job by that name is not
// touched, and nobody waits for it.
func TestShow_WhatCannotBeShownIsNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	w.jenkins.AddFolder("slipway/shop")
	w.jenkins.AddJob(t, cartJob, `<project><description>ours alone</description></project>`)
	b := w.push(slipway.Event{})
	w.ends(w.claimed(b), 0, slipway.BuildSucceeded)
	must(t, w.delivers())
	if r := w.run(b.ID, slipway.RunShows); r.State != slipway.RunLost || !strings.Contains(r.Note, "was not made by Slipway") {
		t.Errorf("the run is %+v", r)
	}
	if config := w.jenkins.Config(cartJob); !strings.Contains(config, "ours alone") {
		t.Errorf("somebody's job is %s", config)
	}
}

// TestShow_AnotherKindOfJobIsNotChanged: Jenkins cannot make one of the other,
// and the runs of the one that is there are not ours to throw away.
func TestShow_AnotherKindOfJobIsNotChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, slipway.ReportsExternal)
	must(t, w.delivers())
	c := w.controller
	c.Reports = slipway.ReportsFollow
	_, err := w.SetController(t.Context(), c, slipway.ControllerKeys{})
	must(t, err)
	b := w.push(slipway.Event{})
	w.claimed(b)
	must(t, w.delivers())
	if r := w.run(b.ID, slipway.RunShows); r.State != slipway.RunLost || !strings.Contains(r.Note, "of another kind") {
		t.Errorf("the run is %+v", r)
	}
	if config := w.jenkins.Config(cartJob); !strings.Contains(config, "ExternalJob") {
		t.Errorf("the job is %s", config)
	}
	w.jenkins.Delete(cartJob)
	w.claimed(w.push(slipway.Event{}))
	must(t, w.delivers())
	if runs := w.jenkins.Runs(cartJob); len(runs) != 1 {
		t.Errorf("after it was removed the runs are %+v", runs)
	}
}

// TestShow_AWrongTokenWaitsForADay, and is said meanwhile.
func TestShow_AWrongTokenWaitsForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	_, err := w.SetController(t.Context(), w.controller, slipway.ControllerKeys{Token: "wrong"})
	must(t, err)
	b := w.push(slipway.Event{})
	w.ends(w.claimed(b), 0, slipway.BuildSucceeded)
	if err := w.delivers(); slipway.ErrorCode(err) != slipway.CodeForbidden {
		t.Errorf("a wrong token gives %v", err)
	}
	waits, err := w.JenkinsWaits(t.Context(), w.controller.ID)
	must(t, err)
	if waits.Reports != 2 || !strings.Contains(waits.Reason, "401") {
		t.Errorf("what waits is %+v", waits)
	}
	w.clock.move(25 * time.Hour)
	must(t, w.delivers())
	if r := w.run(b.ID, slipway.RunShows); r.State != slipway.RunLost {
		t.Errorf("the run is %+v", r)
	}
}

// TestShow_WhatIsLostAndNotTakenAgain is let go: it was in a queue that Jenkins
// has lost, and the job is somebody else's by now.
func TestShow_WhatIsLostAndNotTakenAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	must(t, w.delivers())
	w.jenkins.Hold(true)
	b := w.push(slipway.Event{})
	w.claimed(b)
	must(t, w.delivers())
	w.jenkins.Restart()
	w.jenkins.Delete(cartJob)
	w.jenkins.AddJob(t, cartJob, `<project><description>ours alone</description></project>`)
	w.start() // it has forgotten what it did
	w.clock.move(time.Minute)
	w.follows()
	if r := w.in(b.ID, slipway.RunShows, slipway.RunLost); !strings.Contains(r.Note, "was not made by Slipway") {
		t.Errorf("the run is %+v", r)
	}
}

// TestShow_AnErrorOfJenkinsWaitsForADay: it keeps neither the service's other
// builds waiting for ever, nor them for the job that is made when it is set.
func TestShow_AnErrorOfJenkinsWaitsForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	w.jenkins.Inject("POST", "createItem", 1000, jenkinstest.Says(500, "text/html", "Oops!"))
	must(t, w.delivers()) // the job alone
	b := w.push(slipway.Event{})
	w.claimed(b)
	if err := w.delivers(); slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("an error of Jenkins gives %v", err)
	}
	w.clock.move(25 * time.Hour)
	must(t, w.delivers())
	if r := w.run(b.ID, slipway.RunShows); r.State != slipway.RunLost || !strings.Contains(r.Note, "(500)") {
		t.Errorf("the run is %+v", r)
	}
}

// TestShow_ARestartOfJenkins ends what runs there: the build goes on and is
// shown again; what waited in its queue is sent again.
func TestShow_ARestartOfJenkins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	must(t, w.delivers())
	w.jenkins.Steps(cartJob, func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" })
	running := w.push(slipway.Event{})
	w.claimed(running)
	must(t, w.delivers())
	w.follows()
	w.in(running.ID, slipway.RunShows, slipway.RunRuns)
	w.jenkins.Hold(true)
	waiting := w.push(slipway.Event{})
	w.claimed(waiting)
	must(t, w.delivers())
	w.restarts()
	w.clock.move(time.Minute)
	w.jenkins.Starting(false)
	w.jenkins.Hold(false)
	want := []string{fmt.Sprint(running.ID), fmt.Sprint(running.ID), fmt.Sprint(waiting.ID)}
	soon(t, 20*time.Second, func() string {
		var of []string
		for _, r := range w.jenkins.Runs(cartJob) {
			of = append(of, r.Parameters["SLIPWAY_BUILD_ID"])
		}
		if slices.Sort(of); !slices.Equal(of, want) {
			return fmt.Sprintf("Jenkins has runs of the builds %v, want %v", of, want)
		}
		return ""
	})
	w.in(waiting.ID, slipway.RunShows, slipway.RunRuns)
	if r := w.in(running.ID, slipway.RunShows, slipway.RunRuns); r.Number == 1 {
		t.Errorf("the run that follows the build is %+v", r)
	}
	if b := w.build(running.ID); b.State != slipway.BuildRunning {
		t.Errorf("the build is %s: %s", b.State, b.Reason)
	}
}

// restarts has Jenkins go down, be seen to be down, and start.
func (w *world) restarts() {
	w.t.Helper()
	w.jenkins.Starting(true)
	before := len(w.jenkins.Requests())
	w.jenkins.Restart()
	soon(w.t, 20*time.Second, func() string {
		if n := len(w.jenkins.Requests()) - before; n < 2 {
			return fmt.Sprint("it was asked ", n, " times")
		}
		return ""
	})
}

// TestShow_AnOutageIsSaid while there is nothing to tell and something to
// follow.
func TestShow_AnOutageIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, "")
	must(t, w.delivers())
	w.jenkins.Steps(cartJob, func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" })
	b := w.push(slipway.Event{})
	w.claimed(b)
	must(t, w.delivers())
	w.follows()
	w.in(b.ID, slipway.RunShows, slipway.RunRuns)
	says := func(want string) {
		t.Helper()
		soon(t, 20*time.Second, func() string {
			waits, err := w.JenkinsWaits(t.Context(), w.controller.ID)
			must(t, err)
			if waits.Reports != 0 || !strings.Contains(waits.Reason, want) || want == "" && waits.Reason != "" {
				return fmt.Sprintf("what is said is %+v, want %q", waits, want)
			}
			return ""
		})
	}
	w.jenkins.Starting(true)
	says("(503)")
	w.jenkins.Starting(false)
	says("")
}

// TestShow_ABuildThatEndsWhileJenkinsRestarts is shown as it ended: the run
// that the restart ended says nothing of it. The same when Slipway, too, was
// away and has seen nothing of it, and when Jenkins does not take it at once.
func TestShow_ABuildThatEndsWhileJenkinsRestarts(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*world){
		"seen":     (*world).restarts,
		"not seen": func(w *world) { w.jenkins.Restart() },
		"and refuses": func(w *world) {
			w.restarts()
			w.jenkins.Inject("POST", "buildWithParameters", 1, jenkinstest.Unavailable())
		},
		"and loses an answer": func(w *world) {
			w.restarts()
			w.jenkins.Inject("POST", "buildWithParameters", 1, jenkinstest.Drop(true))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{}, "")
			must(t, w.delivers())
			w.jenkins.Steps(cartJob, func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" })
			b := w.push(slipway.Event{})
			a := w.claimed(b)
			must(t, w.delivers())
			stop := w.followsUntil()
			w.in(b.ID, slipway.RunShows, slipway.RunRuns)
			if name == "not seen" {
				stop()
				w.start()
			}
			meanwhile(w)
			w.jenkins.Steps(cartJob, func(context.Context, jenkinstest.Running) string { return "SUCCESS" })
			w.ends(a, 0, slipway.BuildSucceeded)
			w.jenkins.Starting(false)
			if name == "not seen" {
				w.follows()
			}
			r := w.in(b.ID, slipway.RunShows, slipway.RunEnded)
			if runs := w.jenkins.Runs(cartJob); r.Result != "SUCCESS" || r.Number != 2 || len(runs) != 2 || !strings.Contains(runs[0].Description, "succeeded") {
				t.Errorf("the run is %+v of %+v", r, runs)
			}
		})
	}
}

// client is one of the test's own.
func (w *world) client() *jenkins.Client {
	w.t.Helper()
	c, err := jenkins.New(w.controller, slipway.ControllerKeys{Token: "11aa"}, jenkins.Options{})
	must(w.t, err)
	return c
}

// unasked complains while Jenkins was not asked for a page.
func (w *world) unasked(page string) string {
	if slices.ContainsFunc(w.jenkins.Requests(), func(r string) bool { return strings.Contains(r, page) }) {
		return ""
	}
	return page + " was not asked for"
}

func (w *world) aborts(job string, number int) {
	w.t.Helper()
	must(w.t, w.client().Stop(w.t.Context(), job, number))
}

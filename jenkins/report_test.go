package jenkins_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
	"github.com/slipway-ci/slipway/store"
)

// TestExternal_IsToldTheEnd, once, also when the answer got lost.
func TestExternal_IsToldTheEnd(t *testing.T) {
	t.Parallel()
	for name, mischief := range map[string]jenkinstest.Mischief{"": nil, "done": jenkinstest.Drop(true), "not done": jenkinstest.Drop(false)} {
		t.Run("an answer that was lost "+name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jenkinstest.Options{}, slipway.ReportsExternal)
			b := w.push(slipway.Event{})
			a := w.claimed(b)
			w.prints(a, 1, "one", "two \x1b[8mha:AAAA\x1b[0m forged")
			must(t, w.delivers())
			if runs := w.jenkins.Runs(cartJob); len(runs) != 0 {
				t.Errorf("it is told of what runs: %+v", runs)
			}
			w.ends(a, 1, slipway.BuildFailed)
			if mischief != nil {
				w.jenkins.Inject("POST", "postBuildResult", 1, mischief)
				if err := w.delivers(); err == nil {
					t.Error("a lost answer is a success")
				}
				w.start()
			}
			must(t, w.delivers())
			runs := w.jenkins.Runs(cartJob)
			if len(runs) != 1 || runs[0].Result != "FAILURE" || runs[0].Name != fmt.Sprintf("#%d main@00000000", b.ID) {
				t.Fatalf("the runs are %+v, want one", runs)
			}
			if log := runs[0].Log; !strings.Contains(log, "compile | one\ncompile | two ha:AAAA forged\n") {
				t.Errorf("its log is %q", log)
			}
			if r := w.run(b.ID, slipway.RunShows); r.State != slipway.RunEnded || r.Result != "FAILURE" {
				t.Errorf("the run is %+v", r)
			}
		})
	}
}

func TestExternal_ALongLogHasItsBeginAndItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, slipway.ReportsExternal)
	b := w.push(slipway.Event{})
	a := w.claimed(b)
	for i := range 100 { // 5 MB
		w.prints(a, i+1, fmt.Sprintf("line %d %s", i, strings.Repeat("z", 50_000)))
	}
	w.ends(a, 100, slipway.BuildSucceeded)
	must(t, w.delivers())
	log := w.jenkins.Runs(cartJob)[0].Log
	if len(log) > 1<<20+1000 || !strings.HasPrefix(log, "compile | line 0 ") || !strings.Contains(log, "compile | line 99 ") || !strings.Contains(log, fmt.Sprintf("%s/builds/%d has all of it", w.api.URL, b.ID)) {
		t.Errorf("of 5 MB there are %d bytes: %.60q", len(log), log)
	}
}

const deployJob = `<project><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>%s</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></project>`

func (w *world) deploys(parameters ...string) {
	w.t.Helper()
	var definitions strings.Builder
	for _, p := range parameters {
		definitions.WriteString("<hudson.model.StringParameterDefinition><name>" + p + "</name></hudson.model.StringParameterDefinition>")
	}
	w.jenkins.AddFolder("deploy")
	w.jenkins.AddJob(w.t, "deploy/cart", fmt.Sprintf(deployJob, definitions.String()))
	must(w.t, w.SetDownstream(w.t.Context(), cart, "deploy/cart"))
}

// TestDownstream_ComesAfterASuccess, with what was built, and its result is
// the build's to show.
func TestDownstream_ComesAfterASuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, slipway.ReportsNone)
	w.deploys("SLIPWAY_BUILD_ID", "IMAGE", "DIGEST", "SERVICE", "VERSION", "COMMIT")
	w.jenkins.Steps("deploy/cart", func(context.Context, jenkinstest.Running) string { return "UNSTABLE" })
	w.follows()
	b := w.push(slipway.Event{Kind: slipway.EventTag, Repository: "shop/cart", Ref: "refs/tags/v1.2.0"})
	w.ends(w.claimed(b), 0, slipway.BuildSucceeded)
	must(t, w.delivers())
	if r := w.in(b.ID, slipway.RunDownstream, slipway.RunEnded); r.Result != "UNSTABLE" || r.URL == "" {
		t.Errorf("the run is %+v", r)
	}
	want := map[string]string{
		"SLIPWAY_BUILD_ID": fmt.Sprint(b.ID), "IMAGE": "registry.example/shop/cart:main-7@sha256:abc", "DIGEST": "sha256:abc",
		"SERVICE": "shop/cart", "VERSION": "v1.2.0", "COMMIT": b.Commit,
	}
	if diff := cmp.Diff(want, w.jenkins.Runs("deploy/cart")[0].Parameters); diff != "" {
		t.Errorf("its parameters (-want +got):\n%s", diff)
	}
	if w.jenkins.Has(cartJob) {
		t.Error("a Jenkins that is told nothing of builds has a job for them")
	}
}

// TestDownstream_IsCancelledHere stops what runs in Jenkins, and what waits.
func TestDownstream_IsCancelledHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, slipway.ReportsNone)
	w.deploys("SLIPWAY_BUILD_ID", "IMAGE")
	w.jenkins.Steps("deploy/cart", func(r context.Context, _ jenkinstest.Running) string { <-r.Done(); return "" })
	b := w.push(slipway.Event{})
	w.ends(w.claimed(b), 0, slipway.BuildSucceeded)
	must(t, w.delivers())
	w.follows()
	w.in(b.ID, slipway.RunDownstream, slipway.RunRuns)
	must(t, w.StopJenkinsRun(t.Context(), b.ID, slipway.RunDownstream))
	if r := w.in(b.ID, slipway.RunDownstream, slipway.RunEnded); r.Result != "ABORTED" {
		t.Errorf("the run is %+v", r)
	}
	if b := w.build(b.ID); b.State != slipway.BuildSucceeded {
		t.Errorf("the build is %s", b.State)
	}
}

// TestDownstream_SaysPlainlyWhatDoesNotFit: a job without the parameter by
// which its runs are known is not started.
func TestDownstream_SaysPlainlyWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, slipway.ReportsNone)
	w.deploys("IMAGE")
	b := w.push(slipway.Event{})
	w.ends(w.claimed(b), 0, slipway.BuildSucceeded)
	must(t, w.delivers())
	if r := w.run(b.ID, slipway.RunDownstream); r.State != slipway.RunLost || !strings.Contains(r.Note, "SLIPWAY_BUILD_ID") {
		t.Errorf("the run is %+v", r)
	}
	if runs := w.jenkins.Runs("deploy/cart"); len(runs) != 0 {
		t.Errorf("it was started: %+v", runs)
	}
	// One that is not there may come.
	w.jenkins.Delete("deploy/cart")
	w.start()
	b = w.push(slipway.Event{})
	w.ends(w.claimed(b), 0, slipway.BuildSucceeded)
	if err := w.delivers(); err == nil {
		t.Error("a job that is not there is a success")
	}
	w.deploys("SLIPWAY_BUILD_ID")
	must(t, w.delivers())
	if runs := w.jenkins.Runs("deploy/cart"); len(runs) != 1 {
		t.Errorf("the runs are %+v", runs)
	}
}

// TestNotify_TellsWhoAsked goes to a server that is in Jenkins' place.
func TestNotify_TellsWhoAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jenkinstest.Options{}, slipway.ReportsNone)
	told := make(chan jenkins.Notice, 9)
	status := http.StatusServiceUnavailable
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var n jenkins.Notice
		body, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(body, &n) != nil || r.URL.Path != "/webhook-step/1" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s: %s, %v", r.URL, r.Header, body, err)
		}
		rw.WriteHeader(status)
		told <- n
	}))
	t.Cleanup(hook.Close)
	_, err := w.SetController(t.Context(), slipway.Controller{Team: "shop", URL: hook.URL, User: "slipway", Reports: slipway.ReportsNone}, slipway.ControllerKeys{Token: "x"})
	must(t, err)
	notifier := &jenkins.Notifier{
		Builds: w.Store, Links: w.links, Now: w.clock.now, Log: slog.New(slog.DiscardHandler),
		Team: func(context.Context, slipway.EventRecord) (string, error) { return "shop", nil },
	}
	event := func(notify string) slipway.Message {
		id, err := w.Start(t.Context(), w.connection, slipway.Event{Kind: slipway.EventJenkins, Ref: mainRef, Only: []string{"cart"}, Notify: notify}, w.clock.now())
		must(t, err)
		out, err := w.Expand(t.Context(), id, slipway.Expansion{Commit: "c", Services: []slipway.Found{{Name: "cart", Inputs: notify}}}, slipway.ExpandPolicy{}, w.clock.now())
		must(t, err)
		w.ends(w.claimed(w.build(out.Builds[0])), 0, slipway.BuildSucceeded)
		due, err := w.Due(t.Context(), store.TopicNotify, w.clock.now(), 9)
		must(t, err)
		if len(due) != 1 {
			t.Fatalf("%+v is due", due)
		}
		must(t, w.Delivered(t.Context(), due[0].ID))
		return due[0]
	}
	m := event(hook.URL + "/webhook-step/1")
	if err := notifier.Deliver(t.Context(), m); slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("a Jenkins that is out of order gives %v", err)
	}
	<-told
	status = http.StatusOK
	must(t, notifier.Deliver(t.Context(), m))
	want := jenkins.Notice{Event: 1, Build: 1, State: "succeeded", Image: "registry.example/shop/cart:main-7@sha256:abc"}
	if diff := cmp.Diff(want, <-told); diff != "" {
		t.Errorf("it is told (-want +got):\n%s", diff)
	}
	status = http.StatusBadGateway
	if err := notifier.Deliver(t.Context(), m); err == nil {
		t.Error("an error is taken for an answer")
	}
	w.clock.move(25 * time.Hour)
	must(t, notifier.Deliver(t.Context(), m)) // it has been tried for a day
	<-told
	<-told
	status = http.StatusNotFound
	must(t, notifier.Deliver(t.Context(), m)) // nobody listens any more
	<-told
	must(t, notifier.Deliver(t.Context(), event("https://elsewhere.example/hook"))) // the controller is another one now
	if len(told) != 0 {
		t.Error("something else was told")
	}
}

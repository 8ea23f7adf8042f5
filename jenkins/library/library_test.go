package library_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

// askCart is a pipeline that asks for shop/cart and gives the handle.
const askCart = `return slipwayBuild(service: 'shop/cart')`

// TestLibrary runs one pipeline after another in one Java.
func TestLibrary(t *testing.T) { //nolint:tparallel // one Java runs one pipeline at a time
	t.Parallel()
	j := start(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *java, *world)
	}{
		{"a success", success},
		{"a failure", failure},
		{"a failure that does not propagate", unpropagated},
		{"cancelled at Slipway", cancelledThere},
		{"aborted in Jenkins", abortedHere},
		{"aborted before there is a build", abortedEarly},
		{"superseded", superseded},
		{"unchanged", unchanged},
		{"nothing to build", nothing},
		{"a server that restarts", restarting},
		{"an answer that is lost", lostAnswer},
		{"asked again after it ended", retried},
		{"a wrong token", wrongToken},
		{"no Slipway there", strangers},
		{"a long log", longLog},
		{"a log over the limit", cappedLog},
		{"a webhook", webhook},
		{"a webhook that Slipway refuses", refusedWebhook},
		{"not waited for, then followed", notWaited},
		{"a push that is on its way", latePush},
		{"heads", heads},
		{"arguments", arguments},
		{"the example", example},
	} {
		if !t.Run(c.name, func(t *testing.T) { c.run(t, j, newWorld(t)) }) {
			break // its pipeline may run on
		}
	}
}

func success(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	e := w.asked(t)
	want := slipway.Event{
		Kind: slipway.EventJenkins, Repository: "shop/cart", Ref: "refs/heads/main", Actor: "https://jenkins.example/job/cart/7/",
		Only: []string{"cart"}, Repeatable: true, Once: "jenkins-cart-7 1790000000001 shop/cart   0",
	}
	if diff := cmp.Diff(want, e.Event); diff != "" {
		t.Errorf("it asks for (-want +got):\n%s", diff)
	}
	id := w.builds(t, e.ID)
	link := fmt.Sprintf("%s/builds/%d", w.url(), id)
	r.echoes(t, fmt.Sprintf("Slipway: build %d of shop/cart: %s", id, link)) // while it waits
	a := w.claims(t, id)
	w.prints(t, a, 1, "one", "two")
	r.echoes(t, "compile | one\ncompile | two") // while it runs
	w.prints(t, a, 2, "three \x1b[8mha:////4AAAA\x1b[0m")
	w.finishes(t, a, 2, slipway.Outcome{State: slipway.BuildSucceeded})
	end := r.ends(t, "SUCCESS")
	image := w.build(t, id).Image
	for key, want := range map[string]any{
		"number": float64(id), "url": link, "state": "succeeded", "result": "SUCCESS", "image": image.String(), "tag": image.Tag, "digest": image.Digest, "commit": commit("a"),
	} {
		if end.Handle[key] != want {
			t.Errorf("the handle's %s is %v, want %v", key, end.Handle[key], want)
		}
	}
	if want := fmt.Sprintf("Slipway %d shop/cart: %s %s", id, image, link); end.Description != want {
		t.Errorf("the description is %q, want %q", end.Description, want)
	}
}

func failure(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	id := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassLimit, Reason: "8 GiB \x1b[8mha:x were not enough"})
	end := r.ends(t, "FAILURE")
	if want := fmt.Sprintf("Slipway: build %d of shop/cart failed [limit]: 8 GiB [8mha:x were not enough", id); end.Error != want {
		t.Errorf("it says %q, want %q", end.Error, want)
	}
}

func unpropagated(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(`return slipwayBuild(service: 'shop/cart', propagate: false, timeout: 30)`))
	id := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: "main.go:3"})
	end := r.ends(t, "SUCCESS")
	if end.Handle["result"] != "FAILURE" || end.Handle["reason"] != "main.go:3" {
		t.Errorf("the handle is %v", end.Handle)
	}
	if r.seen[0].Step != "timeout" || r.seen[0].Minutes != 30 {
		t.Errorf("it begins with %+v, want a timeout of 30 minutes", r.seen[0])
	}
}

func cancelledThere(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	id := w.builds(t, w.asked(t).ID)
	w.claims(t, id)
	r.until(t, "it waits", func(s step) bool { return s.Step == "sleep" })
	must(t, w.record.Cancel(t.Context(), id, "cancelled by ann", w.build(t, id).Created))
	if end := r.ends(t, "ABORTED"); !strings.Contains(end.Error, "cancelled: cancelled by ann") {
		t.Errorf("it says %q", end.Error)
	}
}

func abortedHere(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	id := w.builds(t, w.asked(t).ID)
	w.claims(t, id)
	r.echoes(t, "Slipway: build")
	r.until(t, "it waits", func(s step) bool { return s.Step == "sleep" })
	j.tell(t, "abort")
	r.ends(t, "ABORTED")
	if b := w.build(t, id); b.State != slipway.BuildCancelled || b.Reason != "cancelled by jenkins: aborted in Jenkins: https://jenkins.example/job/cart/7/" {
		t.Errorf("the build is %s: %s", b.State, b.Reason)
	}
}

func abortedEarly(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	e := w.asked(t)
	r.until(t, "it waits", func(s step) bool { return s.Step == "sleep" })
	j.tell(t, "abort")
	r.until(t, "it waits for what comes of the event", func(s step) bool { return s.Step == "sleep" })
	id := w.builds(t, e.ID)
	r.ends(t, "ABORTED")
	if b := w.build(t, id); b.State != slipway.BuildCancelled {
		t.Errorf("the build is %s", b.State)
	}
}

func superseded(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(`return slipwayBuild(service: 'shop/cart', ref: 'feature')`))
	w.builds(t, w.asked(t).ID)
	r.echoes(t, "Slipway: build")
	ids, err := w.record.Receive(t.Context(), slipway.Delivery{Connection: 1, ID: "later", At: w.build(t, 1).Created, Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/feature", After: commit("b"),
	}}})
	must(t, err)
	w.expands(t, ids[0], slipway.Expansion{Commit: commit("b"), Services: []slipway.Found{{Name: "cart", Inputs: "b"}}})
	r.ends(t, "NOT_BUILT")
}

// unchanged answers as the API does where the service is what it was; whoever
// asks for a build gets one, so the front says it.
func unchanged(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	id := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	r.ends(t, "SUCCESS")
	w.front.first(func(a http.ResponseWriter, q *http.Request) bool {
		if !strings.HasPrefix(q.URL.Path, "/api/v1/events/") {
			return false
		}
		a.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(a, `{"id": 2, "state": "expanded", "builds": [], "unchanged": [{"service": "shop/cart", "build": %d}]}`, id)
		return true
	})
	end := j.run(t, w.pipeline(askCart)).ends(t, "SUCCESS")
	if end.Handle["state"] != "unchanged" || end.Handle["image"] != w.build(t, id).Image.String() {
		t.Errorf("the handle is %v", end.Handle)
	}
}

func nothing(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(askCart))
	w.expands(t, w.asked(t).ID, slipway.Expansion{Commit: commit("a"), Problem: &slipway.Problem{Code: slipway.CodeInvalid, Message: "slipway.yaml has no service cart"}})
	if end := r.ends(t, "FAILURE"); !strings.Contains(end.Error, "nothing was built of shop/cart: slipway.yaml has no service cart") {
		t.Errorf("it says %q", end.Error)
	}
	r = j.run(t, w.pipeline(askCart+" // again"))
	w.expands(t, w.asked(t).ID, slipway.Expansion{Commit: commit("a")})
	r.ends(t, "NOT_BUILT")
}

// restarting refuses connections and answers with a proxy's page for a while;
// the log goes on where it was.
func restarting(t *testing.T, j *java, w *world) {
	t.Helper()
	w.front.first(unwell(http.StatusServiceUnavailable))
	r := j.run(t, w.pipeline(askCart))
	r.echoes(t, "HTTP 503; trying again")
	w.front.first(nil)
	id := w.builds(t, w.asked(t).ID)
	a := w.claims(t, id)
	w.prints(t, a, 1, "one")
	r.echoes(t, "| one")
	w.front.shut()
	r.echoes(t, "does not answer")
	w.prints(t, a, 2, "two")
	w.finishes(t, a, 2, slipway.Outcome{State: slipway.BuildSucceeded})
	w.front.open(t)
	r.ends(t, "SUCCESS")
	if text := r.console(); strings.Count(text, "| one") != 1 || strings.Count(text, "| two") != 1 || strings.Contains(text, "<") {
		t.Errorf("the console is\n%s", text)
	}
}

// unwell answers as a proxy does before a server that is not there.
func unwell(status int) func(http.ResponseWriter, *http.Request) bool {
	return func(a http.ResponseWriter, _ *http.Request) bool {
		a.Header().Set("Content-Type", "text/html")
		a.WriteHeader(status)
		_, _ = io.WriteString(a, "<html><body>Service Unavailable</body></html>")
		return true
	}
}

// lostAnswer does what is asked and breaks the connection: what is asked again
// is the same.
func lostAnswer(t *testing.T, j *java, w *world) {
	t.Helper()
	var lost atomic.Int32
	w.front.first(func(a http.ResponseWriter, q *http.Request) bool {
		if q.Method != http.MethodPost || lost.Add(1) > 2 {
			return false
		}
		w.front.handler.ServeHTTP(httptest.NewRecorder(), q)
		panic(http.ErrAbortHandler)
	})
	r := j.run(t, w.pipeline(askCart))
	id := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	r.ends(t, "SUCCESS")
	builds, err := w.record.Builds(t.Context(), slipway.BuildPage{Most: 10})
	must(t, err)
	if len(builds) != 1 || lost.Load() != 3 {
		t.Errorf("of %d askings came %d builds, want one of 3", lost.Load(), len(builds))
	}
}

// retried is a pipeline that tries again what failed: that is another build.
func retried(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(`
		def first = slipwayBuild(service: 'shop/cart', propagate: false)
		return slipwayBuild(service: 'shop/cart')`))
	first := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, first), 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode})
	second := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, second), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	end := r.ends(t, "SUCCESS")
	if end.Handle["number"] != float64(second) || strings.Count(end.Description, "\n") != 1 {
		t.Errorf("the handle is %v, the description %q", end.Handle, end.Description)
	}
}

func wrongToken(t *testing.T, j *java, w *world) {
	t.Helper()
	g := w.pipeline(askCart)
	g.Credentials["slipway"] = "slw_wrong"
	if end := j.run(t, g).ends(t, "FAILURE"); !strings.Contains(end.Error, "does the credential have a token of this server") || strings.Contains(end.Error, "slw_wrong") {
		t.Errorf("it says %q", end.Error)
	}
}

// strangers answer as no Slipway does; the token goes nowhere else.
func strangers(t *testing.T, j *java, w *world) {
	t.Helper()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for want, answers := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"not as Slipway does": unwell(http.StatusOK),
		"with a redirect to " + elsewhere.URL: func(a http.ResponseWriter, q *http.Request) bool {
			http.Redirect(a, q, elsewhere.URL, http.StatusFound)
			return true
		},
		"longer than 4194304 bytes": func(a http.ResponseWriter, _ *http.Request) bool {
			for _, err := a.Write(make([]byte, 1<<16)); err == nil; _, err = a.Write(make([]byte, 1<<16)) {
				continue
			}
			return true
		},
		"HTTP 404": unwell(http.StatusNotFound),
	} {
		w.front.first(answers)
		if end := j.run(t, w.pipeline(`slipwayBuild(service: 'shop/cart', patience: 0)`)).ends(t, "FAILURE"); !strings.Contains(end.Error, want) || strings.Contains(end.Error, "<") {
			t.Errorf("it says %q, want %q", end.Error, want)
		}
	}
}

// longLog comes line by line while it is polled: each line once, in order.
func longLog(t *testing.T, j *java, w *world) {
	t.Helper()
	const parts, each = 60, 50
	r := j.run(t, w.pipeline(askCart))
	id := w.builds(t, w.asked(t).ID)
	a := w.claims(t, id)
	var want []string
	var polls, part atomic.Int32
	w.front.first(func(_ http.ResponseWriter, q *http.Request) bool {
		if !strings.HasSuffix(q.URL.Path, "/log") {
			return false
		}
		for range min(int(polls.Add(1))%7, parts-int(part.Load())) { // 0 to 6 parts are new
			var lines []string
			n := int(part.Add(1))
			for i := range each {
				lines = append(lines, fmt.Sprintf("line %d", (n-1)*each+i))
			}
			w.prints(t, a, n, lines...)
			if n == parts {
				w.finishes(t, a, parts, slipway.Outcome{State: slipway.BuildSucceeded})
			}
		}
		return false
	})
	r.ends(t, "SUCCESS")
	for i := range parts * each {
		want = append(want, fmt.Sprintf("compile | line %d", i))
	}
	var got []string
	for line := range strings.Lines(r.console()) {
		if strings.HasPrefix(line, "compile | ") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("over %d polls the log is (-want +got):\n%s", polls.Load(), diff)
	}
}

func cappedLog(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(`return slipwayBuild(service: 'shop/cart', logLimit: 40)`))
	id := w.builds(t, w.asked(t).ID)
	a := w.claims(t, id)
	w.prints(t, a, 1, "one", "two", "drei äöü", "four")
	r.echoes(t, fmt.Sprintf("compile | two\n… the log is longer than 40 bytes; the rest: %s/builds/%d", w.url(), id))
	w.prints(t, a, 2, "five")
	w.finishes(t, a, 2, slipway.Outcome{State: slipway.BuildSucceeded})
	r.ends(t, "SUCCESS")
	if text := r.console(); strings.Contains(text, "five") || strings.Contains(text, "drei") {
		t.Errorf("the console is\n%s", text)
	}
}

// webhook waits without a poll until it is told.
func webhook(t *testing.T, j *java, w *world) {
	t.Helper()
	_, err := w.record.SetController(t.Context(), slipway.Controller{Team: "shop", URL: "https://jenkins.example", User: "slipway"}, slipway.ControllerKeys{Token: "t"})
	must(t, err)
	g := w.pipeline(askCart)
	g.Webhook = "https://jenkins.example/webhook-step/abc"
	r := j.run(t, g)
	e := w.asked(t)
	if e.Event.Notify != g.Webhook {
		t.Errorf("it is to be told at %q, want %q", e.Event.Notify, g.Webhook)
	}
	id := w.builds(t, e.ID)
	r.until(t, "it waits for the webhook", func(s step) bool { return s.Step == "waitForWebhook" })
	a := w.claims(t, id)
	w.prints(t, a, 1, "one")
	w.finishes(t, a, 1, slipway.Outcome{State: slipway.BuildSucceeded})
	j.tell(t, "webhook")
	before := len(r.seen)
	r.ends(t, "SUCCESS")
	for _, s := range r.seen[before:] {
		if s.Step == "sleep" {
			t.Error("it polls after it was told")
		}
	}
	if !strings.Contains(r.console(), "compile | one") {
		t.Errorf("the console is\n%s", r.console())
	}
}

func refusedWebhook(t *testing.T, j *java, w *world) {
	t.Helper()
	g := w.pipeline(askCart)
	g.Webhook = "https://jenkins.example/webhook-step/abc" // of a Jenkins that the team has not named
	r := j.run(t, g)
	id := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	r.ends(t, "SUCCESS")
	if !strings.Contains(r.console(), "so it is asked again and again") {
		t.Errorf("the console is\n%s", r.console())
	}
}

func notWaited(t *testing.T, j *java, w *world) {
	t.Helper()
	r := j.run(t, w.pipeline(`
		def b = slipwayBuild(service: 'shop/cart', wait: false)
		echo "in between ${b.number} ${b.state}"
		return slipwayBuild.follow(b)`))
	id := w.builds(t, w.asked(t).ID)
	r.echoes(t, fmt.Sprintf("in between %d queued", id))
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	if end := r.ends(t, "SUCCESS"); end.Handle["image"] != w.build(t, id).Image.String() {
		t.Errorf("the handle is %v", end.Handle)
	}
}

// latePush asks for a commit before the hook of its push is there.
func latePush(t *testing.T, j *java, w *world) {
	t.Helper()
	g := w.pipeline(askCart)
	g.Env["BRANCH_NAME"], g.Env["GIT_COMMIT"] = "main", commit("a")
	r := j.run(t, g)
	r.echoes(t, "no push of refs/heads/main to commit aaaaaaaaaaaa is on record")
	ids, err := w.record.Receive(t.Context(), slipway.Delivery{Connection: 1, ID: "late", Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: commit("a"),
	}}})
	must(t, err)
	w.expands(t, ids[0], slipway.Expansion{Commit: commit("a")})
	e := w.asked(t)
	if e.Event.After != commit("a") {
		t.Errorf("it asks for %+v", e.Event)
	}
	id := w.builds(t, e.ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	r.ends(t, "SUCCESS")
}

// heads: what is built where nothing is named is what Jenkins is at.
func heads(t *testing.T, j *java, w *world) {
	t.Helper()
	for _, c := range []struct{ env, args, ref, commit string }{
		{"", "", "", ""},
		{"BRANCH_NAME=feature/x", "", "feature/x", ""},
		{"BRANCH_NAME=main GIT_COMMIT=c1", "", "main", "c1"},
		{"GIT_BRANCH=origin/main GIT_COMMIT=c1", "", "main", "c1"},
		{"GIT_BRANCH=main", "", "main", ""},
		{"BRANCH_NAME=v1.2.3 TAG_NAME=v1.2.3 GIT_COMMIT=c1", "", "refs/tags/v1.2.3", "c1"},
		{"BRANCH_NAME=PR-7 CHANGE_ID=7 CHANGE_BRANCH=feature GIT_COMMIT=merge", "", "feature", ""},
		{"BRANCH_NAME=main GIT_COMMIT=c1", ", ref: 'release'", "release", ""},
		{"BRANCH_NAME=main GIT_COMMIT=c1", ", commit: 'c2'", "main", "c2"},
		{"GIT_COMMIT=c1", "", "", ""},
	} {
		g := w.pipeline(`def b = slipway.Asking.of([service: 'shop/cart'` + c.args + `], slipwayBuild.around(), 0); return [ref: b.ref, commit: b.commit, complaint: b.complaint]`)
		for pair := range strings.FieldsSeq(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			g.Env[name] = value
		}
		end := j.run(t, g).ends(t, "SUCCESS")
		if diff := cmp.Diff(map[string]any{"ref": c.ref, "commit": c.commit, "complaint": ""}, end.Handle); diff != "" {
			t.Errorf("%s%s is (-want +got):\n%s", c.env, c.args, diff)
		}
	}
}

func arguments(t *testing.T, j *java, w *world) {
	t.Helper()
	for pipeline, want := range map[string]string{
		`slipwayBuild(service: 'cart')`:                                                    "service is 'cart'; write service: 'TEAM/NAME'",
		`slipwayBuild()`:                                                                   "service is ''",
		`slipwayBuild(service: 'shop/cart', url: 'ci')`:                                    "url is 'ci'; give Slipway's URL",
		`slipwayBuild(service: 'shop/cart', url: 'https://a:b@ci')`:                        "give Slipway's URL",
		`slipwayBuild(service: 'shop/cart', branch: 'x')`:                                  "slipwayBuild knows no branch; it knows service, ref",
		`slipwayBuild(service: 'shop/cart', credentialsId: 'absent')`:                      "Could not find credentials entry with ID 'absent'",
		`slipwayBuild(service: 'shop/other')`:                                              "there is no service",
		`env.CHANGE_ID = '7'; env.CHANGE_FORK = 'eve'; slipwayBuild(service: 'shop/cart')`: "a pull request of a fork (eve) is built by its own event",
	} {
		if end := j.run(t, w.pipeline(pipeline)).ends(t, "FAILURE"); !strings.Contains(end.Error, want) {
			t.Errorf("%s says %q, want %q", pipeline, end.Error, want)
		}
	}
}

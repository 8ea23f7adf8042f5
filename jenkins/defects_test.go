package jenkins_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bndr/gojenkins"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

// What is known to be wrong in gojenkins v1.2.0, each shown with the bare
// library and guarded with the same call above our requester, or with what we
// do in its place. A test here that fails on the bare library says that a
// later version mended it.

// bare is the library by itself.
func bare(url string) *gojenkins.Jenkins {
	return gojenkins.CreateJenkins(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, url, "slipway", "11aa")
}

// gone is an address where nothing listens.
func gone(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

// panics tells whether f does.
func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

// 1. Any POST panics when the crumb cannot be asked for, and so do some
// functions that look at an answer that is not there.
func TestDefect1_PanicsWhenDown(t *testing.T) {
	url := gone(t)
	calls := map[string]func(j *gojenkins.Jenkins) error{
		"post": func(j *gojenkins.Jenkins) error {
			_, err := j.GetJobObj(t.Context(), "a").Disable(t.Context())
			return err
		},
		"config": func(j *gojenkins.Jenkins) error {
			return j.GetJobObj(t.Context(), "a").UpdateConfig(t.Context(), "<project/>")
		},
		"plugin": func(j *gojenkins.Jenkins) error { return j.UninstallPlugin(t.Context(), "a") },
	}
	for name, call := range calls {
		if !panics(func() { _ = call(bare(url)) }) {
			t.Errorf("%s: the bare library does not panic any more", name)
		}
		var err error
		if panics(func() { err = call(connect(t, url, jenkins.Options{}).Gojenkins()) }) {
			t.Fatalf("%s: panics above our requester", name)
		}
		if name == "plugin" && err != nil {
			continue // the library says so in words of its own
		}
		wantCode(t, name, err, slipway.CodeUnavailable)
	}
	s := start(t)
	if !panics(func() {
		q, err := bare(s.URL).GetQueue(t.Context())
		if err == nil {
			_, _ = q.CancelTask(t.Context(), 4711)
		}
	}) {
		t.Error("the bare library does not panic any more for an unknown item")
	}
	wantCode(t, "an unknown item", connect(t, s.URL, jenkins.Options{}).Unqueue(t.Context(), 4711), slipway.CodeNotFound)
}

// 2. A job that waits is not triggered, and nobody is told; and the logger
// that the library tells is nil until Init.
func TestDefect2_TriggerIsLost(t *testing.T) {
	s := start(t)
	s.Hold(true)
	c := connect(t, s.URL, jenkins.Options{})
	if _, err := c.Trigger(t.Context(), job, map[string]string{"SLIPWAY_BUILD_ID": "1"}); err != nil {
		t.Fatal(err)
	}
	theirs := bare(s.URL).GetJobObj(t.Context(), "shop/job/cart")
	if !panics(func() { _, _ = theirs.InvokeSimple(t.Context(), nil) }) {
		t.Error("the bare library does not panic any more before Init")
	}
	gojenkins.Error = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	defer func() { gojenkins.Error = nil }()
	before := len(s.Requests())
	item, err := theirs.InvokeSimple(t.Context(), map[string]string{"SLIPWAY_BUILD_ID": "2"})
	if item != 0 || err != nil || slices.ContainsFunc(s.Requests()[before:], isPost) {
		t.Errorf("the bare library: item %d, %v, %q", item, err, s.Requests()[before:])
	}
	if item, err = c.Trigger(t.Context(), job, map[string]string{"SLIPWAY_BUILD_ID": "2"}); item != 2 || err != nil {
		t.Errorf("ours: item %d: %v", item, err)
	}
}

func isPost(request string) bool { return strings.HasPrefix(request, "POST ") }

// 3. The wait for an item that was cancelled does not end.
func TestDefect3_WaitsForEver(t *testing.T) {
	s := start(t)
	s.Hold(true)
	c := connect(t, s.URL, jenkins.Options{})
	item, err := c.Trigger(t.Context(), job, map[string]string{"SLIPWAY_BUILD_ID": "1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Unqueue(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	returned := make(chan error, 1)
	go func() {
		j := bare(s.URL)
		_, err := j.GetBuildFromQueueID(t.Context(), j.GetJobObj(t.Context(), "shop/job/cart"), item)
		returned <- err
	}()
	polls := func() int {
		return len(slices.DeleteFunc(s.Requests(), func(r string) bool { return r != "GET /queue/item/1/api/json" }))
	}
	until(t, "asked a third time by the bare library", func() bool { return polls() >= 3 })
	select {
	case err := <-returned:
		t.Errorf("the bare library gives up by now: %v", err)
	default:
	}
	before := polls()
	run, err := c.Resolve(t.Context(), job, item, 1)
	if err != nil || !run.Cancelled || run.Waiting || polls()-before > 2 {
		t.Errorf("ours: %+v: %v", run, err)
	}
	s.Forget() // lets the bare one go: it stumbles over the page that says 404
	if err := <-returned; err == nil {
		t.Error("no error of an item that is forgotten")
	}
}

// 4. What was done is an error, since a page says so; and every refusal is the
// same error.
func TestDefect4_PagesAreErrors(t *testing.T) {
	s := start(t)
	s.AddFolder("one")
	s.AddFolder("two")
	ok, err := bare(s.URL).GetJobObj(t.Context(), "one").Delete(t.Context())
	if ok || err == nil || !strings.Contains(err.Error(), "invalid character '<'") || s.Has("one") {
		t.Errorf("the bare library: %t, %v, still there %t", ok, err, s.Has("one"))
	}
	ok, err = connect(t, s.URL, jenkins.Options{}).Gojenkins().GetJobObj(t.Context(), "two").Delete(t.Context())
	if !ok || err != nil || s.Has("two") {
		t.Errorf("above our requester: %t, %v, still there %t", ok, err, s.Has("two"))
	}
	for status, code := range map[int]slipway.Code{
		401: slipway.CodeForbidden, 403: slipway.CodeForbidden, 404: slipway.CodeNotFound, 409: slipway.CodeConflict, 400: slipway.CodeInvalid,
		429: slipway.CodeUnavailable, 500: slipway.CodeUnavailable, 502: slipway.CodeUnavailable, 503: slipway.CodeUnavailable, 504: slipway.CodeUnavailable,
	} {
		s.Inject("", "", 0, jenkinstest.Says(status, "text/html", "<html><body>why</body></html>"))
		if _, err := bare(s.URL).GetQueue(t.Context()); err == nil || !strings.Contains(err.Error(), "invalid character '<'") {
			t.Errorf("the bare library at %d: %v", status, err)
		}
		_, err := connect(t, s.URL, jenkins.Options{}).Gojenkins().GetQueue(t.Context())
		wantCode(t, fmt.Sprint(status), err, code)
		if problem := slipway.ProblemOf(err); problem == nil || !strings.Contains(problem.Message, fmt.Sprint(status)) || strings.Join(problem.Details, "") != "why" {
			t.Errorf("%d: %+v", status, problem)
		}
		s.Heal()
	}
}

// 5. The status is not looked at, and an outage reads as an end or as an empty
// log.
func TestDefect5_OutageReadsAsEnd(t *testing.T) {
	s := start(t)
	s.Inject("", "", 0, jenkinstest.Says(500, "application/json", "{}"))
	theirs, ours := bare(s.URL), connect(t, s.URL, jenkins.Options{})
	if _, err := theirs.GetQueueItem(t.Context(), 7); err != nil {
		t.Errorf("the bare library: %v", err)
	}
	if _, err := theirs.GetAllJobNames(t.Context()); err != nil {
		t.Errorf("the bare library: %v", err)
	}
	build := gojenkins.Build{Jenkins: theirs, Raw: &gojenkins.BuildResponse{Building: true}, Base: "/job/a/1"}
	s.Heal()
	s.Inject("", "", 0, jenkinstest.Drop(false))
	if build.IsRunning(t.Context()) || build.GetConsoleOutput(t.Context()) != "" {
		t.Error("the bare library tells an outage from an end by now")
	}
	_, err := ours.Run(t.Context(), job, 1)
	wantCode(t, "run", err, slipway.CodeUnavailable)
	_, _, more, err := ours.ConsoleText(t.Context(), job, 1, 0, 100)
	wantCode(t, "console", err, slipway.CodeUnavailable)
	if !more {
		t.Error("the console ended with an outage")
	}
	s.Heal()
	s.Inject("", "", 0, jenkinstest.Says(500, "application/json", "{}"))
	_, err = ours.Gojenkins().GetAllJobNames(t.Context())
	wantCode(t, "names above our requester", err, slipway.CodeUnavailable)
	_, err = ours.Resolve(t.Context(), job, 7, 7)
	wantCode(t, "item", err, slipway.CodeUnavailable)
	s.Heal()
	s.Inject("", "", 0, jenkinstest.Says(200, "application/json", "{}"))
	_, err = ours.Run(t.Context(), job, 1)
	wantCode(t, "a run that is none", err, slipway.CodeUnavailable)
}

// 6. A controller that believes to be reached elsewhere is asked for nonsense.
func TestDefect6_AnotherRoot(t *testing.T) {
	s := jenkinstest.New(t, jenkinstest.Options{User: "slipway", Token: "11aa", Root: "http://127.0.0.1:9/elsewhere"})
	s.AddFolder("shop")
	s.AddJob(t, job, parameterized)
	c := connect(t, s.URL, jenkins.Options{})
	item, err := c.Trigger(t.Context(), job, map[string]string{"SLIPWAY_BUILD_ID": "5"})
	if err != nil || item == 0 {
		t.Fatalf("item %d: %v", item, err)
	}
	theirs, err := bare(s.URL).GetJob(t.Context(), "cart", "shop")
	if err != nil {
		t.Fatal(err)
	}
	if build, err := theirs.GetBuild(t.Context(), 1); err == nil {
		t.Errorf("the bare library: %+v", build.Raw)
	}
	run, err := c.Resolve(t.Context(), job, item, 5)
	if err != nil || run.Number != 1 {
		t.Fatalf("ours: %+v: %v", run, err)
	}
	if run, err = c.Run(t.Context(), job, 1); err != nil || run.URL != "http://127.0.0.1:9/elsewhere/job/shop/job/cart/1/" {
		t.Errorf("ours: %+v: %v", run, err)
	}
	same := start(t)
	if theirs, err = bare(same.URL).GetJob(t.Context(), "cart", "shop"); err != nil {
		t.Fatal(err)
	}
	_, _ = theirs.GetBuild(t.Context(), 1)
	if last := same.Requests()[len(same.Requests())-1]; !strings.Contains(last, "//") {
		t.Errorf("the bare library asks %s by now", last)
	}
	ours := connect(t, same.URL, jenkins.Options{}).Gojenkins()
	build := gojenkins.Build{Jenkins: ours, Raw: new(gojenkins.BuildResponse), Base: "/job/shop//1/"}
	_, _ = build.Poll(t.Context())
	if last := same.Requests()[len(same.Requests())-1]; last != "GET /job/shop/1/api/json" {
		t.Errorf("above our requester it is %s", last)
	}
}

// 7. Names are put into paths as they are.
func TestDefect7_NamesLeadElsewhere(t *testing.T) {
	s := start(t)
	last := func() string { return s.Requests()[len(s.Requests())-1] }
	for name, asks := range map[string]string{
		"../../credentials": "GET /job/../../credentials/api/json",
		"cart?x=":           "GET /job/cart",
		"feature%2Fx":       "GET /job/feature%2Fx/api/json",
	} {
		_, _ = bare(s.URL).GetJob(t.Context(), name)
		if last() != asks {
			t.Errorf("the bare library asks %s, not %s, by now", last(), asks)
		}
	}
	ours := connect(t, s.URL, jenkins.Options{})
	before := len(s.Requests())
	for _, name := range []string{"../../credentials", "cart?x=", "a/%2e%2e/b", "a#b", `a\b`, "%zz"} {
		_, err := ours.Gojenkins().GetJob(t.Context(), name)
		wantCode(t, name, err, slipway.CodeUsage)
	}
	if len(s.Requests()) != before {
		t.Errorf("asked %q", s.Requests()[before:])
	}
	_, err := ours.Config(t.Context(), "feature%2Fx")
	wantCode(t, "a branch", err, slipway.CodeNotFound)
	if want := "GET /job/feature%252Fx/config.xml"; last() != want {
		t.Errorf("ours asks %s, want %s", last(), want)
	}
}

// 8. The password follows a redirect to another port, nothing ends, nothing is
// too large, and every POST asks for a crumb.
func TestDefect8_Limits(t *testing.T) {
	var mu sync.Mutex
	got := map[string]int{}
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got["asked"]++
		if r.Header.Get("Authorization") != "" {
			got["password"]++
		}
		_, _ = w.Write([]byte("{}"))
	}))
	defer thief.Close()
	s := start(t)
	s.Inject("", "/queue", 0, jenkinstest.Redirect(http.StatusFound, thief.URL))
	_, _ = bare(s.URL).GetQueue(t.Context())
	if got["password"] != 1 {
		t.Error("the bare library keeps the password to itself by now")
	}
	clear(got)
	ours := connect(t, s.URL, jenkins.Options{Timeout: impatience})
	_, err := ours.Find(t.Context(), job, 1)
	wantCode(t, "find", err, slipway.CodeForbidden)
	wantCode(t, "unqueue", ours.Unqueue(t.Context(), 1), slipway.CodeForbidden)
	if got["asked"] != 0 {
		t.Errorf("ours asked elsewhere: %v", got)
	}
	s.Heal()

	s.Inject("", "/queue", 0, jenkinstest.Slow(time.Minute))
	_, err = ours.Find(t.Context(), job, 1)
	wantCode(t, "slow", err, slipway.CodeUnavailable)
	s.Heal()

	before := len(s.Requests())
	for range 2 {
		_, _ = bare(s.URL).GetJobObj(t.Context(), "shop").Disable(t.Context())
	}
	crumbs := func() (n int) {
		for _, r := range s.Requests()[before:] {
			if strings.Contains(r, "/crumbIssuer") {
				n++
			}
		}
		return n
	}
	if crumbs() != 2 {
		t.Errorf("the bare library asks for %d crumbs for two POSTs", crumbs())
	}
	before = len(s.Requests())
	for range 2 {
		_ = ours.Unqueue(t.Context(), 1)
	}
	if crumbs() != 0 {
		t.Errorf("ours asks for %d crumbs with a token", crumbs())
	}
}

// 9. A value of the context writes every answer to the log of the process, and
// Init writes loggers that others read.
func TestDefect9_GlobalLoggers(t *testing.T) {
	s := start(t)
	var logged bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, nil)))
	defer slog.SetDefault(old)
	ctx := context.WithValue(t.Context(), "debug", true) //nolint:staticcheck // the library's own key
	_, _ = bare(s.URL).GetQueue(ctx)
	if !strings.Contains(logged.String(), "hudson.model.Queue") {
		t.Errorf("the bare library logs no answer any more: %s", logged.String())
	}
	logged.Reset()
	ours := connect(t, s.URL, jenkins.Options{})
	if _, err := ours.Gojenkins().GetQueue(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Provision(ctx, "shop/new", jenkinstest.Config("shop", "new", "true\n", "")); err != nil {
		t.Fatal(err)
	}
	if logged.Len() > 0 {
		t.Errorf("ours logs %s", logged.String())
	}
	if gojenkins.Info != nil || gojenkins.Warning != nil || gojenkins.Error != nil {
		t.Error("ours made the library's loggers")
	}
}

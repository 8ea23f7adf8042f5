package jenkins_test

import (
	"context"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

const job = "shop/cart"

// parameterized is a job's configuration as a person would write it.
const parameterized = `<project><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>` +
	`<hudson.model.StringParameterDefinition><name>SLIPWAY_BUILD_ID</name></hudson.model.StringParameterDefinition>` +
	`</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></project>`

// start makes a Jenkins with a token, and in it the job shop/cart.
func start(t *testing.T) *jenkinstest.Server {
	t.Helper()
	s := jenkinstest.New(t, jenkinstest.Options{User: "slipway", Token: "11aa", Password: "pass"})
	s.AddFolder("shop")
	s.AddJob(t, job, parameterized)
	return s
}

func connect(t *testing.T, url string, o jenkins.Options) *jenkins.Client {
	t.Helper()
	return as(t, url, "11aa", o)
}

// patience is for answers that come, on a machine that has other things to
// do; impatience is for those that do not.
const (
	patience   = time.Minute
	impatience = 2 * time.Second
)

func as(t *testing.T, url, secret string, o jenkins.Options) *jenkins.Client {
	t.Helper()
	if o.Pause == 0 {
		o.Pause = time.Millisecond
	}
	if o.Timeout == 0 {
		o.Timeout = patience
	}
	c, err := jenkins.New(slipway.Controller{URL: url, User: "slipway"}, slipway.ControllerKeys{Token: secret}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func wantCode(t *testing.T, what string, err error, code slipway.Code) {
	t.Helper()
	if got := slipway.ErrorCode(err); got != code {
		t.Errorf("%s: code %q, want %q: %v", what, got, code, err)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, good func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not %s in time", what)
		}
	}
}

// heap is what the process holds after a collection, at its highest while f
// ran, above what it held before, in bytes.
func heap(f func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, uint64(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return most
		case <-tick.C:
			if runtime.ReadMemStats(&m); m.HeapAlloc > before {
				most = max(most, m.HeapAlloc-before)
			}
		}
	}
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]slipway.Controller{
		"no address":    {},
		"no scheme":     {URL: "ci.example/jenkins", User: "u"},
		"another one":   {URL: "ftp://ci.example", User: "u"},
		"with password": {URL: "https://u:secret@ci.example", User: "u"},
		"with query":    {URL: "https://ci.example/?a=b", User: "u"},
		"no user":       {URL: "https://ci.example"},
		"no CA":         {URL: "https://ci.example", User: "u", CA: "not PEM"},
		"link-local":    {URL: "http://169.254.169.254/latest", User: "u"},
		"mapped":        {URL: "http://[::ffff:169.254.169.254]", User: "u"},
	} {
		_, err := jenkins.New(c, slipway.ControllerKeys{Token: "t"}, jenkins.Options{})
		wantCode(t, name, err, slipway.CodeUsage)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells the password: %v", name, err)
		}
	}
}

// A name is escaped once, or refused before anything is asked.
func TestNames(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL+"/", jenkins.Options{})
	for name, want := range map[string]string{
		"shop/cart":              "/job/shop/job/cart/config.xml",
		"shop/feature%2Fx":       "/job/shop/job/feature%252Fx/config.xml",
		"a b/ü+;=@&,'()[]~$!^{}": "/job/a%20b/job/%C3%BC+%3B=@&%2C%27%28%29%5B%5D~$%21%5E%7B%7D/config.xml",
	} {
		before := len(s.Requests())
		_, _ = c.Config(t.Context(), name)
		got := s.Requests()[before:]
		if len(got) != 1 || !strings.EqualFold(got[0], "GET "+want) {
			t.Errorf("%s is asked as %q, want %s", name, got, want)
		}
	}
	before := len(s.Requests())
	for _, name := range []string{
		"", "/", "a//b", "/a", "a/", ".", "..", "a/../b", "../../credentials", "a?b", "a#b", `a\b`, "a\x00b", "a\nb", "a\x1bb", " a", "a*", "\xff", strings.Repeat("a", 3000),
	} {
		_, err := c.Config(t.Context(), name)
		wantCode(t, "config of "+name, err, slipway.CodeUsage)
		_, err = c.Trigger(t.Context(), name, nil)
		wantCode(t, "trigger of "+name, err, slipway.CodeUsage)
		_, err = c.Run(t.Context(), name, 1)
		wantCode(t, "run of "+name, err, slipway.CodeUsage)
	}
	_, err := c.Run(t.Context(), job, 0)
	wantCode(t, "run 0", err, slipway.CodeUsage)
	if got := s.Requests()[before:]; len(got) > 0 {
		t.Errorf("asked %q", got)
	}
}

// A build costs a request to start, one to resolve and one to describe.
func TestRequestsPerBuild(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	item, err := c.Trigger(t.Context(), job, map[string]string{"SLIPWAY_BUILD_ID": "7"})
	if err != nil {
		t.Fatal(err)
	}
	run, err := c.Resolve(t.Context(), job, item, 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Describe(t.Context(), job, run.Number, "name", "words"); err != nil {
		t.Fatal(err)
	}
	want := []string{"POST /job/shop/job/cart/buildWithParameters", "GET /queue/item/1/api/json", "POST /job/shop/job/cart/1/configSubmit"}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Error(diff)
	}
	until(t, "described", func() bool { return s.Runs(job)[0].Result == "SUCCESS" })
	if got := s.Runs(job)[0]; got.Name != "name" || got.Description != "words" {
		t.Errorf("%+v", got)
	}
}

// What is provisioned already costs a read.
func TestProvision_Once(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	config := jenkinstest.Config("shop", "new", "true\n", "")
	for range 2 {
		if _, err := c.Provision(t.Context(), "made/shop/new", config); err != nil {
			t.Fatal(err)
		}
	}
	before := len(s.Requests())
	if changed, err := c.Provision(t.Context(), "made/shop/new", config); err != nil || changed {
		t.Fatal(changed, err)
	}
	if diff := cmp.Diff([]string{"GET /job/made/job/shop/job/new/config.xml"}, s.Requests()[before:]); diff != "" {
		t.Error(diff)
	}
}

// What Jenkins makes something else of is posted once and not for ever; what a
// person changes is posted again.
func TestProvision_Settles(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	odd := []byte(strings.Replace(string(jenkinstest.Config("shop", "odd", "true\n", "")), "<disabled>", "<unknownToJenkins>1</unknownToJenkins><disabled>", 1))
	for i, want := range []bool{true, false, false} {
		if changed, err := c.Provision(t.Context(), "shop/odd", odd); err != nil || changed != want {
			t.Fatalf("%d: changed %t: %v", i, changed, err)
		}
	}
	s.AddJob(t, "shop/odd", strings.Replace(s.Config("shop/odd"), "<triggers/>", "<triggers><hudson.triggers.TimerTrigger/></triggers>", 1))
	if changed, err := c.Provision(t.Context(), "shop/odd", odd); err != nil || !changed {
		t.Errorf("a person's trigger stays: %t %v", changed, err)
	}
}

// A folder that a person made stays, also when it is empty.
func TestRemove_LeavesFolders(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.AddFolder("theirs")
	c := connect(t, s.URL, jenkins.Options{})
	for _, name := range []string{"theirs/team/one", "theirs/team/two"} {
		if _, err := c.Provision(t.Context(), name, jenkinstest.Config("team", "one", "true\n", "")); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		remove       string
		team, theirs bool
	}{{"theirs/team/one", true, true}, {"theirs/team/two", false, true}} {
		if err := c.Remove(t.Context(), step.remove); err != nil {
			t.Fatal(err)
		}
		if s.Has("theirs/team") != step.team || s.Has("theirs") != step.theirs {
			t.Errorf("after %s: theirs/team %t, theirs %t", step.remove, s.Has("theirs/team"), s.Has("theirs"))
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := start(t)
	got, err := connect(t, s.URL, jenkins.Options{}).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := jenkins.Checked{Version: "2.426.2", User: "slipway", Root: s.URL + "/", Create: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s.AddFolder("slipway")
	s.Inject("GET", "/newJob", 1, jenkinstest.Says(403, "text/html", "slipway is missing the Job/Create permission"))
	got, err = connect(t, s.URL, jenkins.Options{}).Check(t.Context())
	if err != nil || !got.Folder || got.Create {
		t.Errorf("%+v %v", got, err)
	}
	s.Starting(true)
	_, err = connect(t, s.URL, jenkins.Options{}).Check(t.Context())
	wantCode(t, "while it starts", err, slipway.CodeUnavailable)
	s.Starting(false)
	s.Inject("GET", "/api/json", 1, jenkinstest.Says(200, "text/html", "<html>Sign in</html>"))
	_, err = connect(t, s.URL, jenkins.Options{}).Check(t.Context())
	wantCode(t, "a page to sign in", err, slipway.CodeUnavailable)
	s.Inject("GET", "/api/json", 1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{}`))
	})
	_, err = connect(t, s.URL, jenkins.Options{}).Check(t.Context())
	wantCode(t, "something else", err, slipway.CodeUnavailable)
}

// A controller's own CA is trusted for it.
func TestCA(t *testing.T) {
	t.Parallel()
	fake := jenkinstest.New(t, jenkinstest.Options{})
	target, err := url.Parse(fake.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	for given, code := range map[string]slipway.Code{ca: "", "": slipway.CodeUnavailable} {
		c, err := jenkins.New(slipway.Controller{URL: s.URL, CA: given}, slipway.ControllerKeys{}, jenkins.Options{Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Check(t.Context())
		wantCode(t, "check", err, code)
	}
}

// A password works, too: the crumb is asked for when it is wanted, once, with
// its session.
func TestCrumb(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := as(t, s.URL, "pass", jenkins.Options{})
	for i := range 3 {
		if _, err := c.Trigger(t.Context(), job, map[string]string{"SLIPWAY_BUILD_ID": strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	build := "POST /job/shop/job/cart/buildWithParameters"
	want := []string{build, "GET /crumbIssuer/api/json", build, build, build}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Error(diff)
	}
	s.EndSessions()
	if _, err := c.Trigger(t.Context(), job, nil); err != nil {
		t.Errorf("after the session ended: %v", err)
	}
	s.Inject("GET", "/crumbIssuer", 0, jenkinstest.Says(200, "application/json", `{"crumb":"wrong","crumbRequestField":"Jenkins-Crumb"}`))
	s.EndSessions()
	before := len(s.Runs(job))
	_, err := c.Trigger(t.Context(), job, nil)
	wantCode(t, "a crumb that does not fit", err, slipway.CodeForbidden)
	if jenkins.Unknown(err) || len(s.Runs(job)) != before {
		t.Errorf("%d runs, had %d: %v", len(s.Runs(job)), before, err)
	}
	s.Heal()
	for _, answer := range []string{`{}`, `not JSON`, `{"crumb":"a","crumbRequestField":"Authorization"}`, `{"crumb":"a","crumbRequestField":"A: b\r\nC"}`} {
		s.Inject("GET", "/crumbIssuer", 1, jenkinstest.Says(200, "application/json", answer))
		_, err := c.Trigger(t.Context(), job, nil)
		wantCode(t, answer, err, slipway.CodeForbidden)
	}
}

// Many may ask at once, also while the crumb is asked for.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := as(t, s.URL, "pass", jenkins.Options{})
	var all sync.WaitGroup
	for i := range int64(20) {
		all.Go(func() {
			name := "shop/at-once-" + strconv.FormatInt(i%5, 10)
			if _, err := c.Provision(t.Context(), name, jenkinstest.Config("shop", "cart", "true\n", "")); err != nil {
				t.Errorf("provision: %v", err)
			}
			item, err := c.Trigger(t.Context(), job, build(i))
			if err != nil {
				t.Errorf("trigger: %v", err)
			}
			if run, err := c.Resolve(t.Context(), job, item, i); err != nil || run.Number == 0 {
				t.Errorf("%+v: %v", run, err)
			}
		})
	}
	all.Wait()
	if n := len(s.Runs(job)); n != 20 {
		t.Errorf("%d runs", n)
	}
}

package jenkins_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

func build(id int64) map[string]string {
	return map[string]string{jenkins.BuildParameter: strconv.FormatInt(id, 10)}
}

// An answer that never came is told from a refusal; what was done is found and
// not done again.
func TestTrigger_Unknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do            jenkinstest.Mischief
		unknown, done bool
	}{
		"dropped after it was done": {jenkinstest.Drop(true), true, true},
		"dropped before":            {jenkinstest.Drop(false), true, false},
		"slow":                      {jenkinstest.Slow(time.Minute), true, false},
		"a proxy's timeout":         {doneBut(http.StatusGatewayTimeout), true, true},
		"a proxy's bad gateway":     {doneBut(http.StatusBadGateway), true, true},
		"starting":                  {jenkinstest.Unavailable(), false, false},
		"out of order":              {jenkinstest.Says(500, "text/html", "Oops!"), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.Inject("POST", "", 1, test.do)
			c := connect(t, s.URL, jenkins.Options{Timeout: impatience})
			_, err := c.Trigger(t.Context(), job, build(1))
			wantCode(t, "trigger", err, slipway.CodeUnavailable)
			if jenkins.Unknown(err) != test.unknown {
				t.Errorf("unknown %t, want %t: %v", jenkins.Unknown(err), test.unknown, err)
			}
			run, err := c.Find(t.Context(), job, 1)
			if test.done != (err == nil && run.Number == 1) || !test.done && slipway.ErrorCode(err) != slipway.CodeNotFound {
				t.Errorf("found %+v, want done %t: %v", run, test.done, err)
			}
			if posts := slices.DeleteFunc(s.Requests(), func(r string) bool { return !isPost(r) }); len(posts) != 1 {
				t.Errorf("posted %q", posts)
			}
		})
	}
	c := connect(t, gone(t), jenkins.Options{})
	if _, err := c.Trigger(t.Context(), job, build(1)); jenkins.Unknown(err) || slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("nothing listens: %v", err)
	}
	if jenkins.Unknown(nil) || jenkins.Unknown(errors.New("another")) {
		t.Error("anything is unknown")
	}
}

// doneBut does what is asked and answers with a proxy's page.
func doneBut(status int) jenkinstest.Mischief {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		jenkinstest.Says(status, "text/html", "<html>nginx</html>")(w, r, next)
	}
}

// Who does not wait for the answer does not know whether it was done, and the
// controller is not blamed.
func TestTrigger_Interrupted(t *testing.T) {
	t.Parallel()
	s := start(t)
	asked := make(chan struct{})
	s.Inject("POST", "", 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		close(asked)
		jenkinstest.Slow(time.Minute)(w, r, next)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	c := connect(t, s.URL, jenkins.Options{})
	_, err := c.Trigger(ctx, job, build(1))
	wantCode(t, "trigger", err, slipway.CodeUnavailable)
	if !jenkins.Unknown(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("unknown %t: %v", jenkins.Unknown(err), err)
	}
	if since, last := c.Trouble(); !since.IsZero() || last != nil {
		t.Errorf("trouble since %s: %v", since, last)
	}
}

// A read is tried again while the controller starts, a POST is not.
func TestRetries(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	for _, trouble := range []jenkinstest.Mischief{jenkinstest.Unavailable(), jenkinstest.Drop(false)} {
		s.Inject("GET", "", 2, trouble)
		before := len(s.Requests())
		if _, err := c.Config(t.Context(), job); err != nil || len(s.Requests())-before != 3 {
			t.Errorf("%q: %v", s.Requests()[before:], err)
		}
	}
	for _, test := range []struct {
		do   jenkinstest.Mischief
		code slipway.Code
	}{
		{jenkinstest.Says(500, "text/html", "Oops!"), slipway.CodeUnavailable},
		{jenkinstest.Says(404, "text/html", ""), slipway.CodeNotFound},
		{jenkinstest.Says(401, "text/html", ""), slipway.CodeForbidden},
	} {
		s.Inject("GET", "", 1, test.do)
		before := len(s.Requests())
		_, err := c.Config(t.Context(), job)
		wantCode(t, "config", err, test.code)
		if n := len(s.Requests()) - before; n != 1 {
			t.Errorf("asked %d times: %v", n, err)
		}
	}
}

// Who is let in nowhere may have a wrong token, which a Hudson does not say.
func TestCheck_LetInNowhere(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Inject("GET", "/api/json", 1, jenkinstest.Says(403, "text/html", "Authentication required"))
	_, err := connect(t, s.URL, jenkins.Options{}).Check(t.Context())
	wantCode(t, "check", err, slipway.CodeForbidden)
	if hint := slipway.ProblemOf(err).Hint; !strings.Contains(hint, "Overall: Read") || !strings.Contains(hint, "token") {
		t.Errorf("the hint is %q", hint)
	}
}

// While a controller is down it is left alone, asked once in a while, and as
// before when it is back.
func TestBreaker(t *testing.T) {
	t.Parallel()
	s := start(t)
	down := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := connect(t, s.URL, jenkins.Options{Tries: 1, Trip: 3, Rest: 3 * time.Second, Now: func() time.Time { return down }})
	s.Starting(true)
	for range 20 {
		_, err := c.Trigger(t.Context(), job, build(1))
		wantCode(t, "trigger", err, slipway.CodeUnavailable)
		if jenkins.Unknown(err) {
			t.Errorf("unknown: %v", err)
		}
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("asked %d times", n)
	}
	_, err := c.Run(t.Context(), job, 1)
	if !strings.Contains(err.Error(), "left alone") || !strings.Contains(err.Error(), "503") {
		t.Errorf("does not say why: %v", err)
	}
	if since, last := c.Trouble(); !since.Equal(down) || last == nil {
		t.Errorf("trouble since %s: %v", since, last)
	}
	until(t, "asked again", func() bool {
		_, _ = c.Run(t.Context(), job, 1)
		return len(s.Requests()) == 4
	})
	s.Starting(false)
	until(t, "as before", func() bool {
		_, err := c.Trigger(t.Context(), job, build(2))
		return err == nil
	})
	if since, last := c.Trouble(); !since.IsZero() || last != nil {
		t.Errorf("trouble since %s: %v", since, last)
	}
}

// One page that is out of order, or one that is not there, is not a controller
// that is down.
func TestBreaker_LeavesPagesOut(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{Trip: 2, Rest: time.Hour})
	for range 5 {
		s.Inject("", "/job/broken", 1, jenkinstest.Says(500, "text/html", "Oops!"))
		_, err := c.Config(t.Context(), "broken")
		wantCode(t, "broken", err, slipway.CodeUnavailable)
		_, err = c.Config(t.Context(), "missing")
		wantCode(t, "missing", err, slipway.CodeNotFound)
		_, err = c.Config(t.Context(), "../no/name")
		wantCode(t, "no name", err, slipway.CodeUsage)
	}
	if _, err := c.Config(t.Context(), job); err != nil {
		t.Error(err)
	}
}

// The queue forgets: by time, and by a restart, after which another item has
// the number. No run of another build is ever taken for ours.
func TestResolve_Forgotten(t *testing.T) {
	t.Parallel()
	var late atomic.Bool
	s := jenkinstest.New(t, jenkinstest.Options{User: "slipway", Token: "11aa", Now: func() time.Time {
		if late.Load() {
			return time.Now().Add(6 * time.Minute)
		}
		return time.Now()
	}})
	s.AddFolder("shop")
	s.AddJob(t, job, parameterized)
	s.AddJob(t, "shop/other", parameterized)
	c := connect(t, s.URL, jenkins.Options{})
	item, err := c.Trigger(t.Context(), job, build(1))
	if err != nil {
		t.Fatal(err)
	}
	late.Store(true)
	if run, err := c.Resolve(t.Context(), job, item, 1); err != nil || run.Number != 1 {
		t.Errorf("expired: %+v: %v", run, err)
	}
	s.Hold(true)
	if item, err = c.Trigger(t.Context(), job, build(2)); err != nil {
		t.Fatal(err)
	}
	if run, err := c.Resolve(t.Context(), job, item, 2); err != nil || !run.Waiting || run.Why == "" || run.Number != 0 {
		t.Errorf("held: %+v: %v", run, err)
	}
	s.Restart() // its queue is lost
	_, err = c.Resolve(t.Context(), job, item, 2)
	wantCode(t, "lost with the queue", err, slipway.CodeNotFound)
	s.Hold(false)
	for _, other := range []string{"shop/other", job} { // items 1 and 2
		if _, err := c.Trigger(t.Context(), other, build(3)); err != nil {
			t.Fatal(err)
		}
	}
	for _, stale := range []int64{1, 2} {
		_, err = c.Resolve(t.Context(), job, stale, 2)
		wantCode(t, "another's item", err, slipway.CodeNotFound)
		if run, err := c.Resolve(t.Context(), job, stale, 3); err != nil || run.Number != 2 {
			t.Errorf("found by its parameter: %+v: %v", run, err)
		}
	}
}

// What has just left the queue is for a moment neither there nor among the
// runs.
func TestFind_Between(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	if _, err := c.Trigger(t.Context(), job, build(1)); err != nil {
		t.Fatal(err)
	}
	s.Inject("GET", "/job/shop/job/cart/api/json", 1, jenkinstest.Says(200, "application/json", `{"builds":[]}`))
	if run, err := c.Find(t.Context(), job, 1); err != nil || run.Number != 1 {
		t.Errorf("%+v: %v", run, err)
	}
}

// A run that a restart ended has a result; one whose run goes on is the same.
func TestRestart(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Steps(job, func(ctx context.Context, r jenkinstest.Running) string {
		_, _ = r.Write([]byte("begun\n"))
		<-ctx.Done()
		return "SUCCESS"
	})
	c := connect(t, s.URL, jenkins.Options{})
	item, err := c.Trigger(t.Context(), job, build(1))
	if err != nil {
		t.Fatal(err)
	}
	run, err := c.Resolve(t.Context(), job, item, 1)
	if err != nil || !run.Building {
		t.Fatalf("%+v: %v", run, err)
	}
	s.Restart()
	until(t, "ended", func() bool {
		run, err := c.Resolve(t.Context(), job, item, 1)
		return err == nil && run.Number == 1 && run.Result == "ABORTED"
	})
}

func TestDeletedAndRenamed(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	config := jenkinstest.Config("shop", "mine", "true\n", "")
	if _, err := c.Provision(t.Context(), "shop/mine", config); err != nil {
		t.Fatal(err)
	}
	for what, harm := range map[string]func(){"deleted": func() { s.Delete("shop/mine") }, "folder renamed": func() { s.Rename("shop", "shop-"+time.Now().Format("150405.000000")) }} {
		harm()
		_, err := c.Trigger(t.Context(), "shop/mine", build(1))
		wantCode(t, what+": trigger", err, slipway.CodeNotFound)
		_, err = c.Run(t.Context(), "shop/mine", 1)
		wantCode(t, what+": run", err, slipway.CodeNotFound)
		if changed, err := c.Provision(t.Context(), "shop/mine", config); err != nil || !changed {
			t.Errorf("%s: provisioned %t: %v", what, changed, err)
		}
		if _, err := c.Trigger(t.Context(), "shop/mine", build(2)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := c.Remove(t.Context(), "shop/never"); err != nil {
		t.Errorf("remove of what is not there: %v", err)
	}
}

// A downstream job with other parameters than ours is told plainly.
func TestTrigger_ParametersDiffer(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	s.AddJob(t, "shop/none", "<project/>")
	s.AddJob(t, "shop/others", strings.ReplaceAll(parameterized, "SLIPWAY_BUILD_ID", "IMAGE"))
	s.AddJob(t, "shop/off", "<project><disabled>true</disabled></project>")
	_, err := c.Trigger(t.Context(), "shop/none", build(1))
	wantCode(t, "no parameters", err, slipway.CodeInvalid)
	_, err = c.Trigger(t.Context(), "shop/off", build(1))
	wantCode(t, "disabled", err, slipway.CodeConflict)
	s.Inject("POST", "/buildWithParameters", 1, jenkinstest.Says(500, "text/html", "<p>java.lang.IllegalArgumentException: Illegal choice for parameter STAGE: prod</p>"))
	_, err = c.Trigger(t.Context(), job, build(1))
	wantCode(t, "a choice", err, slipway.CodeInvalid)
	if got, err := c.Parameters(t.Context(), "shop/others"); err != nil || !slices.Equal(got, []string{"IMAGE"}) {
		t.Errorf("parameters %q: %v", got, err)
	}
	item, err := c.Trigger(t.Context(), "shop/others", build(4))
	if err != nil {
		t.Fatal(err)
	}
	if run, err := c.Resolve(t.Context(), "shop/others", item, 4); err != nil || run.Number != 1 {
		t.Errorf("without our parameter: %+v: %v", run, err)
	}
	_, err = c.Find(t.Context(), "shop/others", 4)
	wantCode(t, "find without our parameter", err, slipway.CodeNotFound)
}

// An answer that stops in the middle: what was read of it does not count,
// but what its first line says was done.
func TestStalls(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{Timeout: impatience})
	stall := func(status int) jenkinstest.Mischief {
		return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			w.Header().Set("Location", "/queue/item/7/")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"number":1,`))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}
	s.Inject("GET", "", 1, stall(200))
	_, err := c.Run(t.Context(), job, 1)
	wantCode(t, "run", err, slipway.CodeUnavailable)
	s.Inject("POST", "", 1, stall(201))
	if item, err := c.Trigger(t.Context(), job, build(1)); err != nil || item != 7 {
		t.Errorf("item %d: %v", item, err)
	}
	s.Inject("POST", "", 1, stall(500))
	if _, err := c.Trigger(t.Context(), job, build(1)); slipway.ErrorCode(err) != slipway.CodeUnavailable || jenkins.Unknown(err) {
		t.Errorf("unknown %t: %v", jenkins.Unknown(err), err)
	}
}

// What has left the queue cannot be taken out of it, and is told from what is
// out of order.
func TestUnqueue_Left(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	item, err := c.Trigger(t.Context(), job, build(1))
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "what runs", c.Unqueue(t.Context(), item), slipway.CodeNotFound)
	s.Forget()
	wantCode(t, "what is forgotten", c.Unqueue(t.Context(), item), slipway.CodeNotFound)
	s.Inject("POST", "/queue", 0, jenkinstest.Says(500, "text/html", "Oops!"))
	s.Hold(true)
	if item, err = c.Trigger(t.Context(), job, build(2)); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "what waits", c.Unqueue(t.Context(), item), slipway.CodeUnavailable)
}

// A redirect elsewhere is followed by nobody; one that Jenkins answers a POST
// with says that it was done.
func TestRedirects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status   int
		location string
		get      slipway.Code // of a read; "" it is followed
		post     slipway.Code
	}{
		"another host":              {302, "http://elsewhere.example/", "forbidden", "forbidden"},
		"another host, same path":   {307, "http://elsewhere.example{path}", "forbidden", "forbidden"},
		"https, same path":          {301, "https://{host}{path}", "forbidden", "forbidden"},
		"to sign in":                {302, "/login?from=%2F", "forbidden", "forbidden"},
		"to a sign-in of its own":   {302, "/securityRealm/commenceLogin?from=%2F", "forbidden", "forbidden"},
		"back":                      {302, "/queue/", "unavailable", ""},
		"back, said briefly":        {303, ".", "not_found", ""},
		"to another page":           {302, "/job/shop/", "unavailable", "forbidden"},
		"to a proxy's page":         {302, "/oauth2/start?rd=%2F", "not_found", "forbidden"},
		"another port, other page":  {302, "http://127.0.0.1:9/queue/", "forbidden", ""},
		"nowhere":                   {302, "", "forbidden", "forbidden"},
		"the method is to be kept":  {307, "/job/shop/", "unavailable", "forbidden"},
		"round and round":           {302, "{path}", "forbidden", "forbidden"},
		"what is no address at all": {302, "http://[::1", "unavailable", "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			host := strings.TrimPrefix(s.URL, "http://")
			redirect := func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				w.Header().Set("Location", strings.NewReplacer("{host}", host, "{path}", r.URL.Path).Replace(test.location))
				w.WriteHeader(test.status)
			}
			s.Inject("GET", "/queue/api/json", 0, redirect)
			s.Inject("POST", "/queue/cancelItem", 0, redirect)
			c := connect(t, s.URL, jenkins.Options{})
			_, err := c.Find(t.Context(), job, 1)
			wantCode(t, "read", err, test.get)
			wantCode(t, "post", c.Unqueue(t.Context(), 1), test.post)
		})
	}
}

// The console is read by offsets that count what is not shown.
func TestConsoleText(t *testing.T) {
	t.Parallel()
	s := start(t)
	lines := make(chan string)
	s.Steps(job, func(ctx context.Context, r jenkinstest.Running) string {
		for line := range lines {
			_, _ = r.Write([]byte(line))
		}
		return "UNSTABLE"
	})
	c := connect(t, s.URL, jenkins.Options{})
	if _, err := c.Trigger(t.Context(), job, build(1)); err != nil {
		t.Fatal(err)
	}
	from := int64(0)
	for _, want := range []string{"Started by user slipway\n", "one\n", "", "two\n"} {
		if want != "" && from > 0 {
			lines <- jenkinstest.Note + want
			until(t, "written", func() bool { return strings.HasSuffix(s.Runs(job)[0].Log, want) })
		}
		text, next, more, err := c.ConsoleText(t.Context(), job, 1, from, 1000)
		if err != nil || string(text) != want || !more || next < from+int64(len(text)) {
			t.Fatalf("from %d: %q, next %d, more %t, want %q: %v", from, text, next, more, want, err)
		}
		from = next
	}
	close(lines)
	until(t, "ended", func() bool { return s.Runs(job)[0].Result == "UNSTABLE" })
	text, next, more, err := c.ConsoleText(t.Context(), job, 1, from, 1000)
	if err != nil || more || string(text) != "Finished: UNSTABLE\n" {
		t.Errorf("%q, next %d, more %t: %v", text, next, more, err)
	}
	if text, after, more, err := c.ConsoleText(t.Context(), job, 1, next+1000, 1000); err != nil || len(text) > 0 || more || after != next {
		t.Errorf("beyond the end: %q, next %d, more %t: %v", text, after, more, err)
	}
	s.Inject("GET", "/logText", 1, jenkinstest.Says(200, "text/html", "<html>no log</html>"))
	_, _, _, err = c.ConsoleText(t.Context(), job, 1, 0, 1000)
	wantCode(t, "no log", err, slipway.CodeUnavailable)
	_, _, _, err = c.ConsoleText(t.Context(), job, 1, -1, 1000)
	wantCode(t, "before the begin", err, slipway.CodeUsage)
}

// However much a controller sends, only so much is taken: 300 MB of a console
// in parts, JSON and XML without an end.
func TestHeap(t *testing.T) {
	s := start(t)
	c := connect(t, s.URL, jenkins.Options{})
	const size, part = 300 << 20, 1 << 20
	s.Inject("GET", "/logText", 0, jenkinstest.Flood(size))
	used := heap(func() {
		from := int64(0)
		for range 30 {
			text, next, more, err := c.ConsoleText(t.Context(), job, 1, from, part)
			from = next
			if err != nil || !more || len(text) > part || text[len(text)-1] != '\n' {
				t.Errorf("%d bytes, next %d, more %t: %v", len(text), from, more, err)
				return
			}
		}
		if from < 29*part || from > 30*part {
			t.Errorf("next %d after 30 parts", from)
		}
	})
	if used > 32<<20 {
		t.Errorf("a console took %d MiB", used>>20)
	}
	s.Heal()
	s.Inject("", "", 0, jenkinstest.Endless())
	used = heap(func() {
		_, err := c.Jobs(t.Context(), "")
		wantCode(t, "jobs", err, slipway.CodeLimit)
		_, err = c.Run(t.Context(), job, 1)
		wantCode(t, "run", err, slipway.CodeLimit)
		_, err = c.Config(t.Context(), job)
		wantCode(t, "config", err, slipway.CodeLimit)
		if _, err := c.Trigger(t.Context(), job, nil); err != nil {
			t.Errorf("what was answered 200 was done: %v", err)
		}
		wantCode(t, "external", c.PostExternal(t.Context(), job, jenkins.External{Log: make([]byte, jenkins.MaxExternalLog+1)}), slipway.CodeLimit)
	})
	if used > 128<<20 {
		t.Errorf("answers without an end took %d MiB", used>>20)
	}
}

// A whole step in sh is told to end, and ended when it does not listen.
func TestStop_Shell(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"listens": "trap 'echo told; exit 1' TERM\necho begun\nwhile :; do sleep 0.05; done\n",
		"deaf":    "trap '' TERM\necho begun\nwhile :; do sleep 0.05; done\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := jenkinstest.New(t, jenkinstest.Options{Shell: true, Grace: 200 * time.Millisecond})
			c := connect(t, s.URL, jenkins.Options{})
			if _, err := c.Provision(t.Context(), job, jenkinstest.Config("shop", "cart", script, "")); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Trigger(t.Context(), job, build(1)); err != nil {
				t.Fatal(err)
			}
			log := func() string { return s.Runs(job)[0].Log }
			until(t, "begun", func() bool { return strings.Contains(log(), "\nbegun") })
			if err := c.Stop(t.Context(), job, 1); err != nil {
				t.Fatal(err)
			}
			until(t, "aborted", func() bool { return s.Runs(job)[0].Result == "ABORTED" })
			if told := strings.Contains(log(), "\ntold"); told != (name == "listens") {
				t.Errorf("told %t:\n%s", told, log())
			}
		})
	}
}

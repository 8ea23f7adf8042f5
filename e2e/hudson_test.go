//go:build e2e

package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/e2e/hudson"
	"github.com/slipway-ci/slipway/e2e/localforge"
)

// abortTime is how long the tests wait for an abort to arrive on the other
// side. The bar is two seconds; they fail only far above it, since machines
// differ.
const abortTime = 10 * time.Second

// shownTime is how long it may take until something is seen in Hudson.
const shownTime = 90 * time.Second

// followed is a server whose builds are shown in a Hudson.
type followed struct {
	*chaos

	hudson *hudson.Server
}

// TestHudsonFollows pushes to a service and finds the build in Hudson, aborts
// builds on either side, and has a job of Hudson's ask for one.
func TestHudsonFollows(t *testing.T) { //nolint:tparallel // its parts share one server and come one after another
	t.Parallel()
	f := newFollowed(t)
	t.Run("a push is shown", f.shown)
	t.Run("an abort there cancels here", f.abortedThere)
	t.Run("a cancel here aborts there", f.cancelledHere)
	t.Run("a job there asks", f.asked)
}

func newFollowed(t *testing.T) *followed {
	t.Helper()
	f := &followed{chaos: &chaos{counts: map[string]int{}}}
	var err error
	if f.forge, err = localforge.Start(t.Context(), localforge.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", Token: "forge"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.forge.Close() })
	api := freeAddress(t)
	f.url = "http://" + api
	f.server = &part{world: newWorld(t), about: "server", ready: "Slipway is up", args: []string{"up", "--listen", api, "--registry", "127.0.0.1:0"}}
	f.start(t, f.server)
	f.token = decode[struct{ Token string }](t, read(t, filepath.Join(f.server.data, "run", "endpoint.json"))).Token
	f.connect(t)
	port, err := strconv.Atoi(api[strings.LastIndexByte(api, ':')+1:])
	if err != nil {
		t.Fatal(err)
	}
	f.hudson = newHudson(t, map[int]string{port: api}) // Slipway has the same address there
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, hudson.Token)
	f.server.must(t, "jenkins", "set", "shop", f.hudson.URL(), "--user", hudson.User, "--token-file", token)
	f.server.must(t, "jenkins", "check", "shop")
	return f
}

// hudsonRun is a run as Hudson's API has it.
type hudsonRun struct {
	Number      int
	Result      string
	Building    bool
	Description string
}

// runs lists a job's runs, the newest first; none where the job is not there.
func (f *followed) runs(t *testing.T, job string) []hudsonRun {
	t.Helper()
	a, err := f.hudson.Ask(t.Context(), http.MethodGet, "/job/"+job+"/api/json?tree="+url.QueryEscape("builds[number,result,building,description]"), "")
	if err != nil || a.Status != http.StatusOK && a.Status != http.StatusNotFound {
		t.Fatalf("the runs of %s: %d, %v\n%s", job, a.Status, err, a.Text)
	}
	if a.Status == http.StatusNotFound {
		return nil
	}
	return decode[struct{ Builds []hudsonRun }](t, a.Text).Builds
}

func (f *followed) console(t *testing.T, job string, number int) string {
	t.Helper()
	a, err := f.hudson.Ask(t.Context(), http.MethodGet, fmt.Sprintf("/job/%s/%d/consoleText", job, number), "")
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("the console of %s: %d, %v\n%s", job, a.Status, err, a.Text)
	}
	return a.Text
}

// until waits for a condition, and shows what there is when it does not come.
func (f *followed) until(t *testing.T, what string, limit time.Duration, reached func() bool) {
	t.Helper()
	if eventually(limit, reached) {
		return
	}
	for _, job := range []string{"slipway-shop-pages", "slipway-shop-plain", "asks"} {
		if runs := f.runs(t, job); len(runs) > 0 {
			t.Logf("%s: %+v\n%s", job, runs, f.console(t, job, runs[0].Number))
		}
	}
	t.Fatalf("%s: did not happen within %s\n%s\n%s", what, limit, f.events(t), f.server.run(t, "jenkins", "show", "shop").stdout)
}

func (f *followed) shown(t *testing.T) {
	const job = "slipway-shop-pages"
	f.pushTo(t, f.repositories[2])
	f.until(t, "the build succeeded in Hudson", shownTime, func() bool {
		runs := f.runs(t, job)
		return len(runs) == 1 && !runs[0].Building && runs[0].Result == "SUCCESS" && strings.Contains(runs[0].Description, "succeeded")
	})
	builds := f.builds(t, "?service=shop/pages")
	if len(builds) != 1 || builds[0].State != slipway.BuildSucceeded {
		t.Fatalf("builds %+v", builds)
	}
	page := fmt.Sprintf("%s/builds/%d", f.url, builds[0].ID)
	text := f.console(t, job, 1)
	if !strings.Contains(text, page) || strings.Contains(text, "slipway-ticket-") {
		t.Errorf("the console has not %s, or it has the ticket:\n%s", page, text)
	}
	if run := f.runs(t, job)[0]; !strings.Contains(run.Description, page) || !strings.Contains(run.Description, builds[0].Image.Tag) {
		t.Errorf("it is described as %q", run.Description)
	}
	if out := f.server.must(t, "builds", "show", fmt.Sprint(builds[0].ID)).stdout; !strings.Contains(out, f.hudson.URL()+"/job/"+job+"/1/") {
		t.Errorf("the build does not say where it is in Hudson:\n%s", out)
	}
}

// slow pushes a build that would take a minute, and waits until it runs in
// Slipway and in Hudson.
func (f *followed) slow(t *testing.T) (build int64, number int) {
	t.Helper()
	r := f.repositories[1]
	write(t, filepath.Join(r.work, "slipway.yaml"), "services:\n  - name: plain\n    commands:\n      build: echo it sleeps && sleep 60\n")
	f.pushTo(t, r)
	head := r.heads[len(r.heads)-1]
	f.until(t, "the build sleeps, and Hudson shows it", shownTime, func() bool {
		builds, runs := f.builds(t, "?commit="+head), f.runs(t, "slipway-shop-plain")
		if len(builds) != 1 || builds[0].State != slipway.BuildRunning || len(runs) == 0 || !runs[0].Building {
			return false
		}
		build, number = builds[0].ID, runs[0].Number
		text := f.console(t, "slipway-shop-plain", number)
		return strings.Contains(text, fmt.Sprintf("Slipway build %d:", build)) && strings.Contains(text, "it sleeps\n")
	})
	return build, number
}

// aborted waits until both sides say that it was.
func (f *followed) aborted(t *testing.T, build int64, number int, begun time.Time) {
	t.Helper()
	f.until(t, "it is cancelled here and aborted there", abortTime, func() bool {
		o := f.builds(t, "?service=shop/plain")
		runs := f.runs(t, "slipway-shop-plain")
		return len(o) > 0 && o[0].ID == build && o[0].State == slipway.BuildCancelled && runs[0].Number == number && runs[0].Result == "ABORTED"
	})
	t.Logf("it took %s", time.Since(begun).Round(time.Millisecond))
}

func (f *followed) abortedThere(t *testing.T) {
	build, number := f.slow(t)
	begun := time.Now()
	if a, err := f.hudson.Ask(t.Context(), http.MethodPost, fmt.Sprintf("/job/slipway-shop-plain/%d/stop", number), ""); err != nil || a.Status != http.StatusFound {
		t.Fatalf("%d %v", a.Status, err)
	}
	f.aborted(t, build, number, begun)
}

func (f *followed) cancelledHere(t *testing.T) {
	build, number := f.slow(t)
	begun := time.Now()
	f.must(t, http.MethodPost, fmt.Sprintf("/api/v1/builds/%d/cancel", build), `{"reason":"not wanted"}`)
	f.aborted(t, build, number, begun)
}

// asked has a freestyle job ask for a build with the command line, follow it,
// and cancel one when it is aborted.
func (f *followed) asked(t *testing.T) {
	made := decode[struct{ Text string }](t, f.must(t, http.MethodPost, "/api/v1/teams/shop/tokens", `{"name":"hudson","role":"developer"}`))
	script := "set +x\nexport SLIPWAY_SERVER=" + f.url + "\nexec " + program(t) + " start shop/plain --follow --cancel-on-interrupt\n"
	if a, err := f.hudson.Ask(t.Context(), http.MethodPost, "/createItem?name=asks", hudson.FreestyleJob(script, "SLIPWAY_TOKEN")); err != nil || a.Status != http.StatusOK {
		t.Fatalf("%d %v\n%s", a.Status, err, a.Text)
	}
	ask := func() {
		a, err := f.hudson.Ask(t.Context(), http.MethodPost, "/job/asks/buildWithParameters?delay=0sec", "SLIPWAY_TOKEN="+url.QueryEscape(made.Text))
		if err != nil || a.Status != http.StatusFound {
			t.Fatalf("%d %v\n%s", a.Status, err, a.Text)
		}
	}
	r := f.repositories[1]
	f.forge.SetHook("shop/plain", localforge.Hook{}) // nobody tells of the next pushes
	f.pushTo(t, r)
	ask()
	head := r.heads[len(r.heads)-1]
	var build slipway.Build
	f.until(t, "the build that Hudson asked for sleeps", shownTime, func() bool {
		builds := f.builds(t, "?commit="+head)
		if len(builds) > 0 {
			build = builds[0]
		}
		runs := f.runs(t, "asks")
		return len(builds) == 1 && len(runs) == 1 && strings.Contains(f.console(t, "asks", 1), "it sleeps\n")
	})
	if a, err := f.hudson.Ask(t.Context(), http.MethodPost, "/job/asks/1/stop", ""); err != nil || a.Status != http.StatusFound {
		t.Fatalf("%d %v", a.Status, err)
	}
	f.until(t, "it is cancelled with the job", abortTime, func() bool {
		return f.builds(t, "?commit="+build.Commit)[0].State == slipway.BuildCancelled && f.runs(t, "asks")[0].Result == "ABORTED"
	})

	if err := os.Remove(filepath.Join(r.work, "slipway.yaml")); err != nil {
		t.Fatal(err)
	}
	f.pushTo(t, r)
	ask()
	f.until(t, "the build that Hudson asked for succeeded", shownTime, func() bool {
		runs := f.runs(t, "asks")
		return len(runs) == 2 && runs[0].Result == "SUCCESS" && strings.Contains(f.console(t, "asks", 2), "slipway: build ")
	})
}

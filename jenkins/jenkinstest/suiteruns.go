package jenkinstest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
)

// Two builds at once: each finds its own run, also one that knows no item.
func (s *suite) follow(t *testing.T) {
	t.Helper()
	job := s.make(t, "followed", "echo \"build $SLIPWAY_BUILD_ID says $NOTE\"\n", "")
	notes := map[int64]string{101: "a & b = c", 102: "grüße+%2F", 103: ""}
	numbers := map[int]bool{}
	for build, note := range notes {
		run := s.start(t, job, build, note)
		if numbers[run.Number] {
			t.Errorf("run %d belongs to two builds", run.Number)
		}
		numbers[run.Number] = true
		end := s.ended(t, job, run.Number)
		if end.Result != "SUCCESS" || end.Started.IsZero() || time.Since(end.Started).Abs() > time.Hour || s.HasQueue && end.Item == 0 {
			t.Errorf("build %d: %+v", build, end)
		}
		if want := s.Root + "/job/"; !strings.HasPrefix(end.URL, want) {
			t.Errorf("run is at %s, want it below %s", end.URL, want)
		}
		want := "build " + strconv.FormatInt(build, 10) + " says " + note
		if text := s.whole(t, job, run.Number, 1<<20, ""); !strings.Contains(text, want) {
			t.Errorf("console without %q:\n%s", want, text)
		}
		if found, err := s.client.Find(t.Context(), job, build); err != nil || found.Number != run.Number || found.Result != "SUCCESS" {
			t.Errorf("found %+v, want number %d: %v", found, run.Number, err)
		}
	}
}

func (s *suite) failure(t *testing.T) {
	t.Helper()
	job := s.make(t, "failing", "echo before\nexit 3\n", "")
	run := s.start(t, job, 7, "")
	if end := s.ended(t, job, run.Number); end.Result != "FAILURE" {
		t.Errorf("%+v", end)
	}
}

func (s *suite) stop(t *testing.T) {
	t.Helper()
	job := s.make(t, "stopped", "echo begun\nsleep 300\n", "")
	run := s.start(t, job, 8, "")
	s.whole(t, job, run.Number, 1<<20, "\nbegun")
	now, err := s.client.Run(t.Context(), job, run.Number)
	if err != nil || !now.Building || now.Result != "" {
		t.Errorf("while it runs: %+v: %v", now, err)
	}
	places, err := s.client.Running(t.Context())
	if want := (jenkins.Place{Job: job, Number: run.Number}); err != nil || !slices.Contains(places, want) {
		t.Errorf("running %+v, want %+v: %v", places, want, err)
	}
	if err := s.client.Stop(t.Context(), job, run.Number); err != nil {
		t.Fatal(err)
	}
	if end := s.ended(t, job, run.Number); end.Result != "ABORTED" {
		t.Errorf("%+v", end)
	}
	if err := s.client.Stop(t.Context(), job, run.Number); err != nil {
		t.Errorf("stop of what has ended: %v", err)
	}
}

func (s *suite) describe(t *testing.T) {
	t.Helper()
	job := s.make(t, "described", "true\n", "")
	run := s.start(t, job, 9, "")
	s.ended(t, job, run.Number)
	if err := s.client.Describe(t.Context(), job, run.Number, "main-20260102 & co", "succeeded: <b>shop/described</b> äöü\nsecond line"); err != nil {
		t.Fatal(err)
	}
	path := "/job/" + strings.ReplaceAll(job, "/", "/job/") + "/" + strconv.Itoa(run.Number) + "/api/json"
	said := s.plain(t, "GET", path, url.Values{"tree": {"displayName,description,fullDisplayName"}}, "")
	for _, want := range []string{"main-20260102", "succeeded: ", "second line"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
}

// A console that is read in small parts has every line, once where Jenkins
// has no notes in it, and none of the notes.
func (s *suite) console(t *testing.T) {
	t.Helper()
	job := s.make(t, "talking", "set +x\ni=0\nwhile [ $i -lt 500 ]; do i=$((i+1)); echo \"line $i of the console, which is of some length\"; done\n", "")
	run := s.start(t, job, 10, "")
	s.ended(t, job, run.Number)
	all := s.whole(t, job, run.Number, 1<<20, "")
	parts := s.whole(t, job, run.Number, 1000, "")
	for _, want := range []string{"\nline 1 of", "\nline 250 of", "\nline 500 of", "Finished: SUCCESS"} {
		if !strings.Contains(all, want) || !strings.Contains(parts, want) {
			t.Errorf("no %q in all (%d bytes) or in parts (%d bytes): %.200q", want, len(all), len(parts), all)
		}
	}
	if strings.Contains(all+parts, "\r\n") || len(parts) < len(all) {
		t.Errorf("lines end with two bytes, or parts (%d bytes) have less than all (%d bytes)", len(parts), len(all))
	}
	if strings.Contains(all+parts, "\x1b[8mha:") {
		t.Error("a console note is left")
	}
	if _, next, more, err := s.client.ConsoleText(t.Context(), job, run.Number, 0, 1<<20); err != nil || more || next < int64(len(all)) {
		t.Errorf("next %d more %t: %v", next, more, err)
	}
}

// A job that no agent may run waits, says why, is found, and is taken out.
func (s *suite) queue(t *testing.T) {
	t.Helper()
	job := s.make(t, "waiting", "true\n", "nowhere-at-all")
	parameters := map[string]string{jenkins.BuildParameter: "11", "NOTE": "same"}
	item, err := s.client.Trigger(t.Context(), job, parameters)
	if err != nil {
		t.Fatal(err)
	}
	run := s.until(t, "it waits", func() (jenkins.Run, error) { return s.client.Resolve(t.Context(), job, item, 11) },
		func(r jenkins.Run) bool {
			return r.Waiting && (s.IsHudson || strings.Contains(r.Why, "nowhere-at-all"))
		})
	if item == 0 {
		item = run.Item // a Hudson says it later
	}
	if run.Item != item || run.Number != 0 {
		t.Errorf("%+v, want item %d", run, item)
	}
	if found, err := s.client.Find(t.Context(), job, 11); err != nil || !found.Waiting || found.Item != item {
		t.Errorf("found %+v, want item %d: %v", found, item, err)
	}
	if s.HasQueue {
		s.items(t, job, item, parameters)
	}
}

// items folds what is the same, keeps apart what is not, and takes out both.
func (s *suite) items(t *testing.T, job string, item int64, parameters map[string]string) {
	t.Helper()
	again, err := s.client.Trigger(t.Context(), job, parameters)
	if err != nil || again != item {
		t.Errorf("the same again is item %d, want %d: %v", again, item, err)
	}
	parameters[jenkins.BuildParameter] = "12"
	other, err := s.client.Trigger(t.Context(), job, parameters)
	if err != nil || other == item {
		t.Errorf("another one is item %d: %v", other, err)
	}
	for _, i := range []int64{item, other} {
		if err := s.client.Unqueue(t.Context(), i); err != nil {
			t.Error(err)
		}
	}
	if run, err := s.client.Resolve(t.Context(), job, item, 11); err != nil || !run.Cancelled || run.Waiting || run.Number != 0 {
		t.Errorf("taken out: %+v: %v", run, err)
	}
}

// last is the number of a job's newest run.
func (s *suite) last(t *testing.T, job string) int {
	t.Helper()
	said := s.plain(t, "GET", "/job/"+strings.ReplaceAll(job, "/", "/job/")+"/api/json", url.Values{"tree": {"lastBuild[number]"}}, "")
	digits := strings.FieldsFunc(said, func(c rune) bool { return c < '0' || c > '9' })
	if len(digits) != 1 {
		t.Fatalf("the newest run is %s", said)
	}
	number, _ := strconv.Atoi(digits[0]) // it is digits
	return number
}

func (s *suite) external(t *testing.T) {
	t.Helper()
	job := s.name("elsewhere")
	config := "<?xml version='1.0' encoding='UTF-8'?>\n<hudson.model.ExternalJob><description>" + jenkins.Mark("shop", "elsewhere") + "</description></hudson.model.ExternalJob>\n"
	if _, err := s.client.Provision(t.Context(), job, []byte(config)); err != nil {
		t.Fatal(err)
	}
	if changed, err := s.client.Provision(t.Context(), job, []byte(config)); err != nil || changed {
		t.Errorf("provisioned twice: %t %v", changed, err)
	}
	for i, result := range []string{"SUCCESS", "FAILURE"} {
		e := jenkins.External{Log: []byte("what ran & where\n"), Result: i, Duration: 90 * time.Second, Name: "name " + result, Description: "<words>"}
		if err := s.client.PostExternal(t.Context(), job, e); err != nil {
			t.Fatal(err)
		}
		run, err := s.client.Run(t.Context(), job, s.last(t, job))
		if err != nil || run.Result != result || run.Duration != e.Duration || run.Building {
			t.Errorf("%+v, want %s in %s: %v", run, result, e.Duration, err)
		}
		if text := s.whole(t, job, run.Number, 1<<20, ""); !strings.Contains(text, "what ran & where") {
			t.Errorf("console %q", text)
		}
	}
	if err := s.client.Remove(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	_, err := s.client.Run(t.Context(), job, 1)
	wantCode(t, "run of what was removed", err, slipway.CodeNotFound)
}

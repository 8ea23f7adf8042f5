package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func jenkinsTests() []test {
	return []test{
		{"a team has one Jenkins, or the platform's", (*record).controllers},
		{"a Jenkins' token is sealed", (*record).controllerKeys},
		{"builds are told to the Jenkins that shows them", (*record).toldJenkins},
		{"a Jenkins that shows ends is told of ends", (*record).toldJenkinsEnds},
		{"jobs come and go with their services", (*record).jobs},
		{"a job does what comes after a success", (*record).downstream},
		{"runs are followed to their end", (*record).jenkinsRuns},
		{"it is known what waits for Jenkins", (*record).jenkinsWaits},
		{"a team that is removed takes its Jenkins along", (*record).removedWithTeam},
		{"a Jenkins that is removed is followed no longer", (*record).removesController},
	}
}

func (r *record) controls(t *testing.T, team string, mode slipway.ReportMode) int64 {
	t.Helper()
	return got(t)(r.SetController(t.Context(), slipway.Controller{
		Team: team, URL: "https://jenkins.example/" + team, User: "slipway", Reports: mode, Created: noon,
	}, slipway.ControllerKeys{Token: "t0ken of " + team}))
}

func (r *record) controllers(t *testing.T) {
	t.Helper()
	_, err := r.ControllerOf(t.Context(), "shop")
	wants(t, err, slipway.CodeNotFound)
	_, err = r.SetController(t.Context(), slipway.Controller{Team: "nobody", URL: "https://j.example"}, slipway.ControllerKeys{})
	wants(t, err, slipway.CodeNotFound)
	platform := r.controls(t, "", "")
	if of, err := r.ControllerOf(t.Context(), "shop"); err != nil || of.ID != platform {
		t.Errorf("%+v, %v, want the platform's", of, err)
	}
	own := r.controls(t, "shop", slipway.ReportsExternal)
	of, err := r.ControllerOf(t.Context(), "shop")
	must(t, err)
	same(t, of, slipway.Controller{ID: own, Team: "shop", URL: "https://jenkins.example/shop", User: "slipway", Reports: slipway.ReportsExternal, Created: noon})
	if again := r.controls(t, "shop", slipway.ReportsNone); again != own {
		t.Errorf("set again it is %d, not %d", again, own)
	}
	if again := r.controls(t, "", slipway.ReportsNone); again != platform {
		t.Errorf("the platform's set again is %d, not %d", again, platform)
	}
	c, err := r.Controller(t.Context(), platform)
	must(t, err)
	same(t, c, slipway.Controller{ID: platform, URL: "https://jenkins.example/", User: "slipway", Reports: slipway.ReportsNone, Created: noon})
	for team, want := range map[string]int{"": 2, "shop": 1, "bank": 0} {
		if all, err := r.Controllers(t.Context(), team); err != nil || len(all) != want {
			t.Errorf("of %q there are %+v, %v, want %d", team, all, err, want)
		}
	}
}

func (r *record) controllerKeys(t *testing.T) {
	t.Helper()
	id := r.controls(t, "shop", "")
	// Without a token the one that is there stays.
	got(t)(r.SetController(t.Context(), slipway.Controller{Team: "shop", URL: "https://elsewhere.example"}, slipway.ControllerKeys{}))
	k, err := r.ControllerKeys(t.Context(), id)
	must(t, err)
	same(t, k, slipway.ControllerKeys{Token: "t0ken of shop"})
	_, err = r.ControllerKeys(t.Context(), id+1)
	wants(t, err, slipway.CodeNotFound)
	_, err = r.Controller(t.Context(), id+1)
	wants(t, err, slipway.CodeNotFound)
}

// posted empties a topic and gives its bodies in their order.
func (r *record) posted(t *testing.T, topic string) (bodies []string) {
	t.Helper()
	for {
		due, err := r.Due(t.Context(), topic, noon.Add(time.Hour), 100)
		must(t, err)
		if len(due) == 0 {
			return bodies
		}
		for _, m := range due {
			bodies = append(bodies, m.Body)
			must(t, r.Delivered(t.Context(), m.ID))
		}
	}
}

func (r *record) toldJenkins(t *testing.T) {
	t.Helper()
	r.ends(t, r.build(t, "a"))
	same(t, r.posted(t, store.TopicJenkins), nil) // nobody shows it
	r.controls(t, "", "")
	same(t, r.posted(t, store.TopicJenkins), []string{"provision:shop/cart"})
	build := r.build(t, "b")
	same(t, r.posted(t, store.TopicJenkins), nil) // it waits, and nothing is held for it
	a := r.claim(t, build)
	same(t, r.posted(t, store.TopicJenkins), []string{"build:" + text(build)})
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildQueued}, noon)) // it waits again
	r.ends(t, build)
	same(t, r.posted(t, store.TopicJenkins), []string{"build:" + text(build), "build:" + text(build)})
	must(t, r.Cancel(t.Context(), r.build(t, "c"), "by ann", noon))
	same(t, r.posted(t, store.TopicJenkins), nil) // it never ran
	cancelled := r.build(t, "d")
	r.claim(t, cancelled)
	must(t, r.Cancel(t.Context(), cancelled, "by ann", noon))
	same(t, r.posted(t, store.TopicJenkins), []string{"build:" + text(cancelled), "build:" + text(cancelled)})
	r.controls(t, "shop", slipway.ReportsNone) // the team's own counts
	r.ends(t, r.build(t, "e"))
	same(t, r.posted(t, store.TopicJenkins), nil)
}

func (r *record) toldJenkinsEnds(t *testing.T) {
	t.Helper()
	r.controls(t, "shop", slipway.ReportsExternal)
	r.posted(t, store.TopicJenkins)
	build := r.build(t, "a")
	a := r.claim(t, build)
	same(t, r.posted(t, store.TopicJenkins), nil)
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildFailed}, noon))
	same(t, r.posted(t, store.TopicJenkins), []string{"build:" + text(build)})
}

func (r *record) jobs(t *testing.T) {
	t.Helper()
	r.controls(t, "shop", "")
	r.posted(t, store.TopicJenkins)
	sum := slipway.ServiceName{Team: "shop", Name: "sum"}
	for range 2 { // it is new once
		got(t)(r.AddService(t.Context(), slipway.Service{Name: sum, Connection: r.connection}))
	}
	same(t, r.posted(t, store.TopicJenkins), []string{"provision:shop/sum"})
	must(t, r.RemoveService(t.Context(), sum))
	same(t, r.posted(t, store.TopicJenkins), []string{"remove:shop/sum"})
	r.finds(t, r.push(t, "a")[0], "a", slipway.ExpandPolicy{}, slipway.Found{Name: "sum"}, slipway.Found{Name: "cart"})
	same(t, r.posted(t, store.TopicJenkins), []string{"provision:shop/sum"})
	r.controls(t, "shop", "") // its folder may be another one
	same(t, r.posted(t, store.TopicJenkins), []string{"provision:shop/cart", "provision:shop/sum"})
}

func (r *record) downstream(t *testing.T) {
	t.Helper()
	got(t)(r.Connect(t.Context(), slipway.Connection{
		Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://forge.example/shop/cart.git", Default: mainRef, Created: noon,
	}, slipway.Keys{}))
	job := func(want string) {
		t.Helper()
		if job, err := r.Downstream(t.Context(), cart); job != want || err != nil {
			t.Errorf("%q, %v, want %q", job, err, want)
		}
	}
	nobody := slipway.ServiceName{Team: "shop", Name: "nobody"}
	wants(t, r.SetDownstream(t.Context(), nobody, "x"), slipway.CodeNotFound)
	_, err := r.Downstream(t.Context(), nobody)
	wants(t, err, slipway.CodeNotFound)
	job("")
	r.ends(t, r.build(t, "a"))
	same(t, r.posted(t, store.TopicDownstream), nil)
	must(t, r.SetDownstream(t.Context(), cart, "deploy/other"))
	must(t, r.SetDownstream(t.Context(), cart, "deploy/cart"))
	job("deploy/cart")
	after := func(kind slipway.EventKind, ref, object string, pull *slipway.PullRequest, state slipway.BuildState) (id int64, told []string) {
		t.Helper()
		e := r.receive(t, "delivery of "+object, slipway.Event{Kind: kind, Repository: "shop/cart", Ref: ref, After: object, Pull: pull})
		id = r.finds(t, e[0], object, slipway.ExpandPolicy{Default: mainRef}, slipway.Found{Name: "cart", Inputs: object}).Builds[0]
		must(t, r.Finish(t.Context(), r.claim(t, id), 0, slipway.Outcome{State: state}, noon))
		return id, r.posted(t, store.TopicDownstream)
	}
	id, told := after(slipway.EventPush, mainRef, "b", nil, slipway.BuildSucceeded)
	same(t, told, []string{"build:" + text(id)})
	id, told = after(slipway.EventTag, "refs/tags/v1", "c", nil, slipway.BuildSucceeded)
	same(t, told, []string{"build:" + text(id)})
	_, told = after(slipway.EventPush, mainRef, "d", nil, slipway.BuildFailed)
	same(t, told, nil)
	_, told = after(slipway.EventPush, "refs/heads/wip", "e", nil, slipway.BuildSucceeded)
	same(t, told, nil)
	_, told = after(slipway.EventPullRequest, mainRef, "f", &slipway.PullRequest{Number: 7, Action: slipway.PullOpened, Source: "shop/cart"}, slipway.BuildSucceeded)
	same(t, told, nil)
	must(t, r.SetDownstream(t.Context(), cart, ""))
	job("")
	// What comes after goes with its service.
	must(t, r.SetDownstream(t.Context(), cart, "deploy/cart"))
	must(t, r.RemoveService(t.Context(), cart))
	got(t)(r.AddService(t.Context(), slipway.Service{Name: cart, Connection: r.connection}))
	job("")
}

func (r *record) jenkinsRuns(t *testing.T) {
	t.Helper()
	controller := r.controls(t, "shop", "")
	build := r.build(t, "a")
	_, err := r.JenkinsRun(t.Context(), build, slipway.RunShows)
	wants(t, err, slipway.CodeNotFound)
	run := slipway.JenkinsRun{Build: build, Kind: slipway.RunShows, Controller: controller, Job: "slipway/shop/cart", State: slipway.RunAsked, Changed: noon}
	follows := func(want ...slipway.JenkinsRun) {
		t.Helper()
		all, err := r.RunsToFollow(t.Context(), controller, build-1, 9)
		must(t, err)
		same(t, all, want)
	}
	save := func() {
		t.Helper()
		must(t, r.SaveJenkinsRun(t.Context(), run))
	}
	save()
	follows() // nobody knows whether it is there
	run.State, run.Item = slipway.RunQueued, 17
	save()
	follows(run)
	run.State, run.Number, run.URL = slipway.RunRuns, 3, "https://jenkins.example/job/slipway/3/"
	save()
	follows(run)
	none, err := r.RunsToFollow(t.Context(), controller, build, 9)
	must(t, err)
	same(t, len(none), 0)
	ended := run
	ended.State, ended.Result, ended.Note, ended.Changed = slipway.RunEnded, "SUCCESS", strings.Repeat("x", 9000), noon.Add(time.Second)
	must(t, r.SaveJenkinsRun(t.Context(), ended))
	save() // who is late changes nothing
	follows()
	after := slipway.JenkinsRun{Build: build, Kind: slipway.RunDownstream, Controller: controller, Job: "deploy/cart", State: slipway.RunWaits, Changed: noon}
	must(t, r.SaveJenkinsRun(t.Context(), after))
	ended.Note = ended.Note[:4<<10]
	all, err := r.JenkinsRuns(t.Context(), build)
	must(t, err)
	same(t, all, []slipway.JenkinsRun{ended, after})
	one, err := r.JenkinsRun(t.Context(), build, slipway.RunDownstream)
	must(t, err)
	same(t, one, after)
	// What comes after is stopped as long as it has not ended.
	wants(t, r.StopJenkinsRun(t.Context(), build, slipway.RunShows), slipway.CodeConflict)
	must(t, r.StopJenkinsRun(t.Context(), build, slipway.RunDownstream))
	after.State = slipway.RunRuns
	must(t, r.SaveJenkinsRun(t.Context(), after)) // who did not know of it does not forget it
	one, err = r.JenkinsRun(t.Context(), build, slipway.RunDownstream)
	must(t, err)
	after.Stop = true
	same(t, one, after)
	run.Build = 999
	wants(t, r.SaveJenkinsRun(t.Context(), run), slipway.CodeNotFound)
	// They are forgotten with their build.
	r.ends(t, build)
	r.ends(t, r.build(t, "b"))
	_, err = r.Forget(t.Context(), store.Ages{Builds: noon.Add(time.Second)})
	must(t, err)
	_, err = r.JenkinsRun(t.Context(), build, slipway.RunShows)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) jenkinsWaits(t *testing.T) {
	t.Helper()
	controller := r.controls(t, "shop", "")
	r.posted(t, store.TopicJenkins)
	waits := func(want slipway.JenkinsWaits) {
		t.Helper()
		w, err := r.JenkinsWaits(t.Context(), controller)
		must(t, err)
		same(t, w, want)
	}
	waits(slipway.JenkinsWaits{})
	first, second := r.build(t, "a"), r.build(t, "b")
	r.claim(t, first)
	r.claim(t, second)
	must(t, r.NoteController(t.Context(), controller, "it does not answer"))
	waits(slipway.JenkinsWaits{Reports: 2, Since: noon, Reason: "it does not answer"})
	r.posted(t, store.TopicJenkins)
	must(t, r.NoteController(t.Context(), controller, ""))
	waits(slipway.JenkinsWaits{})
	_, err := r.JenkinsWaits(t.Context(), controller+1)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) removedWithTeam(t *testing.T) {
	t.Helper()
	platform, own := r.controls(t, "", ""), r.controls(t, "shop", "")
	must(t, r.SetDownstream(t.Context(), cart, "deploy/cart"))
	r.posted(t, store.TopicJenkins)
	_, err := r.RemoveTeam(t.Context(), "shop", true, "mia", noon)
	must(t, err)
	same(t, r.posted(t, store.TopicJenkins), []string{"remove:shop/cart"})
	_, err = r.ControllerKeys(t.Context(), own)
	wants(t, err, slipway.CodeNotFound)
	_, err = r.ControllerKeys(t.Context(), platform)
	must(t, err)
}

func (r *record) removesController(t *testing.T) {
	t.Helper()
	controller := r.controls(t, "shop", "")
	build := r.build(t, "a")
	must(t, r.SaveJenkinsRun(t.Context(), slipway.JenkinsRun{Build: build, Kind: slipway.RunShows, Controller: controller, State: slipway.RunRuns}))
	must(t, r.RemoveController(t.Context(), controller))
	wants(t, r.RemoveController(t.Context(), controller), slipway.CodeNotFound)
	run, err := r.JenkinsRun(t.Context(), build, slipway.RunShows)
	if err != nil || run.State != slipway.RunLost || run.Note == "" {
		t.Errorf("%+v, %v, want it to be lost", run, err)
	}
	_, err = r.ControllerKeys(t.Context(), controller)
	wants(t, err, slipway.CodeNotFound)
}

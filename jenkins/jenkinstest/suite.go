package jenkinstest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
)

// Target is a controller to put through the Suite, and what it can.
type Target struct {
	URL, User, Token, CA string
	Folder               string // where jobs are made; "" is "slipway-suite"
	Root                 string // root URL that it speaks of; "" is URL
	HasQueue             bool   // it names items of its queue
	HasFolders           bool
	HasExternal          bool // it has External Monitor Jobs
	IsHudson             bool
	Open                 bool          // it lets everybody in, also with a wrong token
	Patience             time.Duration // for a run to start and end; 0 is 2 min
}

// suite is a Suite that goes on.
type suite struct {
	Target

	client *jenkins.Client
}

// Suite goes through what Client does against a controller, which runs shell
// steps. It makes jobs below the target's folder and removes them.
func Suite(t *testing.T, target Target) {
	t.Helper()
	target.Folder, target.Patience = cmp.Or(target.Folder, "slipway-suite"), cmp.Or(target.Patience, 2*time.Minute)
	target.Root = strings.TrimRight(cmp.Or(target.Root, target.URL), "/")
	s := &suite{Target: target}
	s.client = s.connect(t, target.Token)
	for _, part := range []struct {
		name string
		test func(*testing.T)
		want bool
	}{
		{"check", s.check, true},
		{"wrong token", s.wrongToken, !target.Open},
		{"provision", s.provision, true},
		{"folders", s.folders, target.HasFolders},
		{"somebody else's job", s.foreign, true},
		{"what is not there", s.missing, true},
		{"trigger and follow", s.follow, true},
		{"failure", s.failure, true},
		{"stop", s.stop, true},
		{"describe", s.describe, true},
		{"console", s.console, true},
		{"queue", s.queue, true},
		{"external", s.external, target.HasExternal},
	} {
		if part.want {
			t.Run(part.name, part.test)
		}
	}
}

func (s *suite) connect(t *testing.T, token string) *jenkins.Client {
	t.Helper()
	c, err := jenkins.New(slipway.Controller{URL: s.URL, User: s.User, CA: s.CA, Folder: s.Folder}, slipway.ControllerKeys{Token: token}, jenkins.Options{Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// name is the full name of a job of the suite.
func (s *suite) name(short string) string {
	if s.HasFolders {
		return s.Folder + "/shop/" + short
	}
	return s.Folder + "-shop-" + short
}

// Config is the configuration of a job with our mark that runs a script with
// the parameters SLIPWAY_BUILD_ID and NOTE, tied to an agent unless label is
// "".
func Config(team, service, script, label string) []byte {
	roam := "<canRoam>true</canRoam>"
	if label != "" {
		roam = "<assignedNode>" + label + "</assignedNode><canRoam>false</canRoam>"
	}
	definition := func(name string) string {
		return "<hudson.model.StringParameterDefinition><name>" + name + "</name><description></description><defaultValue></defaultValue></hudson.model.StringParameterDefinition>"
	}
	return []byte("<?xml version='1.0' encoding='UTF-8'?>\n<project><description>" + jenkins.Mark(team, service) + "</description>" +
		"<keepDependencies>false</keepDependencies><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>" +
		definition(jenkins.BuildParameter) + definition("NOTE") +
		"</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties>" +
		roam + "<disabled>false</disabled><concurrentBuild>true</concurrentBuild>" +
		"<builders><hudson.tasks.Shell><command>" + escape(script) + "</command></hudson.tasks.Shell></builders></project>\n")
}

// make provisions a job that goes with the test.
func (s *suite) make(t *testing.T, short, script, label string) (job string) {
	t.Helper()
	job = s.name(short)
	if _, err := s.client.Provision(t.Context(), job, Config("shop", short, script, label)); err != nil {
		t.Fatalf("provision: %v", err)
	}
	t.Cleanup(func() {
		if err := s.client.Remove(context.WithoutCancel(t.Context()), job); err != nil {
			t.Errorf("remove: %v", err)
		}
	})
	return job
}

// start triggers a job for a build and waits until it runs.
func (s *suite) start(t *testing.T, job string, build int64, note string) jenkins.Run {
	t.Helper()
	item, err := s.client.Trigger(t.Context(), job, map[string]string{jenkins.BuildParameter: strconv.FormatInt(build, 10), "NOTE": note})
	if err != nil {
		t.Fatalf("trigger: %v", err)
	}
	if (item > 0) != s.HasQueue {
		t.Fatalf("item %d of a controller whose queue has items: %t", item, s.HasQueue)
	}
	return s.until(t, "it has a number", func() (jenkins.Run, error) {
		r, err := s.client.Resolve(t.Context(), job, item, build)
		if slipway.ErrorCode(err) == slipway.CodeNotFound && !s.HasQueue {
			err = nil // a Hudson makes it in the background
		}
		return r, err
	}, func(r jenkins.Run) bool { return r.Number > 0 })
}

// ended waits for the end of a run.
func (s *suite) ended(t *testing.T, job string, number int) jenkins.Run {
	t.Helper()
	return s.until(t, "it ended", func() (jenkins.Run, error) { return s.client.Run(t.Context(), job, number) },
		func(r jenkins.Run) bool { return !r.Building && r.Result != "" })
}

// whole reads a console in parts of so many bytes until it has a text or, for
// "", has ended.
func (s *suite) whole(t *testing.T, job string, number int, part int64, has string) string {
	t.Helper()
	var all strings.Builder
	from := int64(0)
	s.until(t, "the console has "+has, func() (jenkins.Run, error) {
		text, next, more, err := s.client.ConsoleText(t.Context(), job, number, from, part)
		all.Write(text)
		from = next
		return jenkins.Run{Building: more}, err
	}, func(r jenkins.Run) bool { return has != "" && strings.Contains(all.String(), has) || !r.Building })
	return all.String()
}

// until asks until the answer is as wanted. An error ends the test.
func (s *suite) until(t *testing.T, what string, ask func() (jenkins.Run, error), good func(jenkins.Run) bool) jenkins.Run {
	t.Helper()
	end := time.NewTimer(s.Patience)
	defer end.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := ask()
		if err != nil {
			t.Fatalf("until %s: %v", what, err)
		}
		if good(r) {
			return r
		}
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("until %s: still %+v after %s", what, r, s.Patience)
		}
	}
}

// plain asks by plain HTTP, as somebody else would, and fails the test unless
// the answer is a success.
func (s *suite) plain(t *testing.T, method, path string, query url.Values, body string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(s.URL, "/")+path+"?"+query.Encode(), bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/xml")
	if s.User != "" {
		request.SetBasicAuth(s.User, s.Token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 400 {
		t.Fatalf("%s %s: %s %v\n%.500s", method, path, response.Status, err, text)
	}
	return string(text)
}

func wantCode(t *testing.T, what string, err error, code slipway.Code) {
	t.Helper()
	if got := slipway.ErrorCode(err); got != code {
		t.Errorf("%s: code %q, want %q: %v", what, got, code, err)
	}
}

func (s *suite) check(t *testing.T) {
	t.Helper()
	got, err := s.client.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Hudson != s.IsHudson || (got.Version == "") != s.IsHudson || !got.Create {
		t.Errorf("checked %+v, want Hudson %t and that jobs can be made", got, s.IsHudson)
	}
	if s.User != "" && got.User != s.User {
		t.Errorf("it takes us for %q, want %q", got.User, s.User)
	}
}

func (s *suite) wrongToken(t *testing.T) {
	t.Helper()
	_, err := s.connect(t, "not-"+s.Token).Check(t.Context())
	wantCode(t, "check", err, slipway.CodeForbidden)
	_, err = s.connect(t, "not-"+s.Token).Trigger(t.Context(), s.name("none"), nil)
	wantCode(t, "trigger", err, slipway.CodeForbidden)
	if jenkins.Unknown(err) {
		t.Error("a refusal is taken for unknown")
	}
}

// A job is made once, changed once, and otherwise left alone.
func (s *suite) provision(t *testing.T) {
	t.Helper()
	job := s.name("provisioned")
	first, second := Config("shop", "provisioned", "echo 'one' && true\n", ""), Config("shop", "provisioned", "echo two <&0\n", "")
	for i, step := range []struct {
		config  []byte
		changed bool
	}{{first, true}, {first, false}, {second, true}, {second, false}, {first, true}} {
		changed, err := s.client.Provision(t.Context(), job, step.config)
		if err != nil || changed != step.changed {
			t.Fatalf("step %d: changed %t, want %t: %v", i, changed, step.changed, err)
		}
	}
	if changed, err := s.connect(t, s.Token).Provision(t.Context(), job, first); err != nil || changed {
		t.Errorf("by a client that has not seen it: changed %t: %v", changed, err)
	}
	config, err := s.client.Config(t.Context(), job)
	if err != nil || !jenkins.Ours(config) {
		t.Errorf("not ours: %v\n%s", err, config)
	}
	parameters, err := s.client.Parameters(t.Context(), job)
	if err != nil || strings.Join(parameters, " ") != "SLIPWAY_BUILD_ID NOTE" {
		t.Errorf("parameters %q: %v", parameters, err)
	}
	for range 2 {
		if err := s.client.Remove(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.client.Config(t.Context(), job)
	wantCode(t, "config of what was removed", err, slipway.CodeNotFound)
}

// Folders are made with the first job and go with the last one.
func (s *suite) folders(t *testing.T) {
	t.Helper()
	inner, outer := s.Folder+"/deep/er/one", s.Folder+"/deep/two"
	for _, job := range []string{inner, outer} {
		if _, err := s.client.Provision(t.Context(), job, Config("deep", "one", "true\n", "")); err != nil {
			t.Fatal(err)
		}
	}
	jobs, err := s.client.Jobs(t.Context(), s.Folder+"/deep")
	if err != nil || len(jobs) != 2 || jobs[0].FullName != s.Folder+"/deep/er" || !jobs[0].Folder || jobs[1].FullName != outer || jobs[1].Folder {
		t.Errorf("jobs %+v: %v", jobs, err)
	}
	if err := s.client.Remove(t.Context(), inner); err != nil {
		t.Fatal(err)
	}
	if jobs, err = s.client.Jobs(t.Context(), s.Folder+"/deep"); err != nil || len(jobs) != 1 {
		t.Errorf("an empty folder stayed, or a full one went: %+v, %v", jobs, err)
	}
	if err := s.client.Remove(t.Context(), outer); err != nil {
		t.Fatal(err)
	}
	_, err = s.client.Jobs(t.Context(), s.Folder+"/deep")
	wantCode(t, "jobs of a folder that went", err, slipway.CodeNotFound)
}

// What a person made is neither changed nor removed.
func (s *suite) foreign(t *testing.T) {
	t.Helper()
	name := s.Folder + "-foreign"
	s.plain(t, http.MethodPost, "/createItem", url.Values{"name": {name}}, "<?xml version='1.0' encoding='UTF-8'?><project><description>mine</description></project>")
	t.Cleanup(func() { s.plain(t, http.MethodPost, "/job/"+name+"/doDelete", nil, "") })
	before, err := s.client.Config(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.client.Provision(t.Context(), name, Config("shop", "cart", "true\n", ""))
	wantCode(t, "provision", err, slipway.CodeConflict)
	wantCode(t, "remove", s.client.Remove(t.Context(), name), slipway.CodeConflict)
	after, err := s.client.Config(t.Context(), name)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("it was changed: %v\n%s\n%s", err, before, after)
	}
	jobs, err := s.client.Jobs(t.Context(), "")
	if err != nil || !strings.Contains(fmt.Sprintf("%+v", jobs), "FullName:"+name+" ") {
		t.Errorf("not listed: %+v: %v", jobs, err)
	}
}

func (s *suite) missing(t *testing.T) {
	t.Helper()
	job := s.make(t, "lonely", "true\n", "")
	_, err := s.client.Run(t.Context(), job, 4711)
	wantCode(t, "run", err, slipway.CodeNotFound)
	_, err = s.client.Find(t.Context(), job, 4711)
	wantCode(t, "find", err, slipway.CodeNotFound)
	_, err = s.client.Resolve(t.Context(), job, 987654321, 4711)
	wantCode(t, "resolve", err, slipway.CodeNotFound)
	_, err = s.client.Trigger(t.Context(), s.name("never"), nil)
	wantCode(t, "trigger", err, slipway.CodeNotFound)
	_, _, _, err = s.client.ConsoleText(t.Context(), job, 4711, 0, 100)
	wantCode(t, "console", err, slipway.CodeNotFound)
	wantCode(t, "stop", s.client.Stop(t.Context(), job, 4711), slipway.CodeNotFound)
}

//go:build e2e

package hudson_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/e2e/hudson"
	"github.com/slipway-ci/slipway/store"
)

// TestHudson_Plugin has jobs with the plugin's step ask Slipway's own API.
func TestHudson_Plugin(t *testing.T) {
	t.Parallel()
	p := newPlane(t)
	c := config(jars(t), t.TempDir())
	c.Reach = map[int]string{9000: strings.TrimPrefix(p.server.URL, "http://")}
	c.Plugins = []string{plugin(t)}
	s := start(t, c)

	pages(t, s)
	p.job(t, s, "fine")
	id, a := p.claimed(t)
	p.prints(t, a, 1, "one")
	console(t, s, "fine", "compile | one") // while it runs
	p.prints(t, a, 2, "two \x1b[8mha:x")
	p.ends(t, a, 2, slipway.BuildSucceeded)
	ends(t, s, "fine", "SUCCESS")
	text := ask(t, s, http.MethodGet, "/job/fine/1/consoleText", "", http.StatusOK)
	for _, want := range []string{
		fmt.Sprintf("Slipway: build %d of shop/cart: http://127.0.0.1:9000/builds/%d", id, id), "compile | one", "compile | two ha:x",
		fmt.Sprintf("Slipway: build %d of shop/cart succeeded: registry.example/shop/cart:main-1@sha256:1", id),
		fmt.Sprintf("after it: build %d is registry.example/shop/cart:main-1@sha256:1", id),
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("the console has not once %q:\n%s", want, text)
		}
	}
	if text := ask(t, s, http.MethodGet, "/job/fine/1/api/json?tree=description", "", http.StatusOK); !strings.Contains(text, "shop/cart: registry.example/shop/cart:main-1@sha256:1") {
		t.Errorf("the description is %s", text)
	}

	form(t, s)
	p.job(t, s, "fails")
	_, a = p.claimed(t)
	p.ends(t, a, 0, slipway.BuildFailed)
	ends(t, s, "fails", "FAILURE")

	p.strays(t, s)
	p.job(t, s, "aborts")
	id, _ = p.claimed(t)
	console(t, s, "aborts", "Slipway: build")
	ask(t, s, http.MethodPost, "/job/aborts/1/stop", "", http.StatusFound)
	ends(t, s, "aborts", "ABORTED")
	if b := p.build(t, id); b.State != slipway.BuildCancelled || !strings.Contains(b.Reason, "aborted in Jenkins: ") {
		t.Errorf("the build is %s: %s", b.State, b.Reason)
	}

	p.job(t, s, "ends-there")
	id, _ = p.claimed(t)
	if err := p.record.Cancel(t.Context(), id, "cancelled by ann", time.Now()); err != nil {
		t.Fatal(err)
	}
	ends(t, s, "ends-there", "ABORTED")
}

// strays has a job name a URL and leave the token to the system.
func (p *plane) strays(t *testing.T, s *hudson.Server) {
	t.Helper()
	own := p.token
	p.token = ""
	defer func() { p.token = own }()
	p.job(t, s, "strays")
	ends(t, s, "strays", "FAILURE")
	console(t, s, "strays", "the system's token goes to the system's URL alone")
}

// plugin compiles it.
func plugin(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "slipway.hpi")
	if out, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", "make", "plugin.sh"), "1.0", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// pages looks at what a person sees: the forms, the help, what is checked.
func pages(t *testing.T, s *hudson.Server) {
	t.Helper()
	const descriptor = "/descriptor/slipway.jenkins.SlipwayBuilder"
	for path, want := range map[string]string{
		"/configure":                            "Slipway URL",
		descriptor + "/help/service":            "TEAM/NAME",
		descriptor + "/help/token":              "slipway token add jenkins",
		descriptor + "/checkService?value=cart": "write TEAM/NAME",
		descriptor + "/checkUrl?value=ci":       "is not Slipway",
		descriptor + "/checkCommit?value=abc":   "whole id",
		"/pluginManager/installed":              "Slipway",
	} {
		if text := ask(t, s, http.MethodGet, path, "", http.StatusOK); !strings.Contains(text, want) {
			t.Errorf("%s has no %q:\n%.2000s", path, want, text)
		}
	}
}

// form sends a job's form, as a browser does; the token is kept encrypted.
func form(t *testing.T, s *hudson.Server) {
	t.Helper()
	step := `{"name": "fine", "description": "", "cascadingProjectName": "", "properties": {"stapler-class-bag": "true"}, "scm": {"value": "0"}, "builder": {"kind": "slipway.jenkins.SlipwayBuilder$DescriptorImpl", "stapler-class": "slipway.jenkins.SlipwayBuilder",
		"service": " shop/formed ", "ref": "main", "commit": "", "url": "", "token": "slw_plain"}}`
	ask(t, s, http.MethodPost, "/job/fine/configSubmit", url.Values{"name": {"fine"}, "json": {step}, "scm": {"0"}, "Submit": {"Save"}}.Encode(), http.StatusFound)
	if text := ask(t, s, http.MethodGet, "/job/fine/config.xml", "", http.StatusOK); !strings.Contains(text, "<service>shop/formed</service>") || strings.Contains(text, "slw_plain") {
		t.Errorf("the form makes %s", text)
	}
	if text := ask(t, s, http.MethodGet, "/job/fine/configure", "", http.StatusOK); !strings.Contains(text, "shop/formed") || strings.Contains(text, "slw_plain") {
		t.Errorf("the form shows %s", text)
	}
}

// plane is Slipway's API on a record.
type plane struct {
	record *store.Store
	server *httptest.Server
	token  string
}

func newPlane(t *testing.T) *plane {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	check(t, err)
	t.Cleanup(func() { _ = s.Close() })
	p := &plane{record: s}
	check(t, s.AddTeam(ctx, "shop"))
	text, hash := api.NewToken()
	_, err = s.AddToken(ctx, slipway.Token{Name: "jenkins", Team: "shop", Role: slipway.RoleDeveloper, Created: time.Now()}, hash)
	check(t, err)
	p.token = text
	connection, err := s.Connect(ctx, slipway.Connection{
		Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://forge.example/shop/cart.git", Default: "refs/heads/main", Created: time.Now(),
	}, slipway.Keys{})
	check(t, err)
	_, err = s.AddService(ctx, slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: "cart"}, Connection: connection})
	check(t, err)
	handler, err := api.New(api.Config{
		Record: s, Forges: noForges{}, Bell: silent{}, Queue: silent{}, URL: "https://ci.example", Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	check(t, err)
	p.server = httptest.NewServer(handler)
	t.Cleanup(p.server.Close)
	return p
}

// noForges: no hook is delivered here.
type noForges struct{}

func (noForges) Names() []string { return []string{"github"} }

func (noForges) Verify(string, http.Header, []byte, []string, time.Time) (string, error) {
	return "", slipway.Errorf(slipway.CodeForbidden, "no hooks")
}

func (noForges) Events(string, http.Header, []byte) ([]slipway.Event, error) { return nil, nil }

// silent is a bell that nobody hears, and a queue in which nobody waits.
type silent struct{}

func (silent) Ring(string) {}

func (silent) Listen(string, func(string)) (func(), error) { return func() {}, nil }

func (silent) Queue(context.Context) ([]slipway.Waiting, error) { return nil, nil }

// job makes a job whose first step is the plugin's, and builds it.
func (p *plane) job(t *testing.T, s *hudson.Server, name string) {
	t.Helper()
	ask(t, s, http.MethodPost, "/createItem?name="+name, `<?xml version='1.0' encoding='UTF-8'?>
<project><builders>
<slipway.jenkins.SlipwayBuilder><service>shop/cart</service><ref>main</ref><commit/><url>http://127.0.0.1:9000/</url><token>`+p.token+`</token></slipway.jenkins.SlipwayBuilder>
<hudson.tasks.Shell><command>set +x; echo "after it: build $SLIPWAY_BUILD_ID is $SLIPWAY_IMAGE"</command></hudson.tasks.Shell>
</builders></project>`, http.StatusOK)
	ask(t, s, http.MethodPost, "/job/"+name+"/build?delay=0sec", "", http.StatusFound)
}

// claimed waits for a job's asking and gives the build that came of it, and a
// worker's attempt at it.
func (p *plane) claimed(t *testing.T) (int64, slipway.Attempt) {
	t.Helper()
	var events []slipway.EventRecord
	eventually(t, "a build is asked for", func() (yes bool) {
		var err error
		events, err = p.record.Pending(t.Context(), 1)
		check(t, err)
		return len(events) > 0
	})
	if e := events[0].Event; e.Kind != slipway.EventJenkins || e.Ref != "refs/heads/main" || e.Once == "" {
		t.Errorf("it asks for %+v", e)
	}
	out, err := p.record.Expand(t.Context(), events[0].ID, slipway.Expansion{
		Commit: strings.Repeat("a", 40), Services: []slipway.Found{{Name: "cart", Inputs: "a"}},
	}, slipway.ExpandPolicy{Default: "refs/heads/main"}, time.Now())
	check(t, err)
	a, err := p.record.Claim(t.Context(), out.Builds[0], "w1", time.Now(), time.Now().Add(time.Hour))
	check(t, err)
	return out.Builds[0], a
}

func (p *plane) prints(t *testing.T, a slipway.Attempt, number int, text string) {
	t.Helper()
	line, err := json.Marshal(slipway.LogEntry{Time: time.Now(), Step: "compile", Text: text})
	check(t, err)
	check(t, p.record.Append(t.Context(), a, number, append(line, '\n')))
}

func (p *plane) ends(t *testing.T, a slipway.Attempt, parts int, state slipway.BuildState) {
	t.Helper()
	o := slipway.Outcome{State: state}
	switch state {
	case slipway.BuildSucceeded:
		o.Image = slipway.Image{Repository: "registry.example/shop/cart", Tag: "main-1", Digest: "sha256:1"}
	default:
		o.Class, o.Reason = slipway.ClassCode, "main.go:3: no"
	}
	check(t, p.record.Finish(t.Context(), a, parts, o, time.Now()))
}

func (p *plane) build(t *testing.T, id int64) slipway.Build {
	t.Helper()
	b, err := p.record.Build(t.Context(), id)
	check(t, err)
	return b
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/spf13/pflag"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	traceproto "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/compile"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
	"github.com/slipway-ci/slipway/queue"
)

// TestTraces_FollowAPush has a push go through a whole control plane, over a
// real hook, record, queue, repository and registry, and reads what a
// collector was told of it. The engine alone is none: nothing is built.
func TestTraces_FollowAPush(t *testing.T) {
	told := collect(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.URL)
	url, commit := repository(t)
	plane, end := startPlane(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": told.URL})
	hook, secret := connect(t, plane, url)
	deliver(t, hook, secret, commit)
	succeeded(t, plane)
	end()

	var spans []*traceproto.Span
	told.mu.Lock()
	spans = told.spans
	told.mu.Unlock()
	event := slices.IndexFunc(spans, func(s *traceproto.Span) bool { return s.GetName() == "event" })
	if event < 0 {
		t.Fatalf("no event among %d spans", len(spans))
	}
	of := spans[event].GetTraceId()
	names := map[string]string{}
	for _, s := range spans {
		names[string(s.GetSpanId())] = s.GetName()
	}
	got := map[string]int{}
	for _, s := range spans {
		if bytes.Equal(s.GetTraceId(), of) {
			got[cmp.Or(names[string(s.GetParentSpanId())], "-")+" > "+s.GetName()]++
		} else if s.GetName() == "POST /hooks/:connection" {
			got["apart"]++
		}
	}
	want := map[string]int{
		"apart": 1, "- > event": 1, "event > offer": 2, "event > expansion": 1, "expansion > source": 1, "event > attempt": 1, "attempt > source": 1,
		"attempt > plan": 1, "attempt > key": 1, "attempt > find": 1, "attempt > solve": 1, "attempt > stamp": 1,
	}
	if got["event > offer"] > 2 { // on a slow machine an offer is made again
		got["event > offer"] = 2
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the push's trace (-want +got):\n%s", diff)
	}
	attempt := slices.IndexFunc(spans, func(s *traceproto.Span) bool { return s.GetName() == "attempt" })
	said := map[string]string{}
	for _, a := range spans[attempt].GetAttributes() {
		said[a.GetKey()] = cmp.Or(a.GetValue().GetStringValue(), strconv.FormatInt(a.GetValue().GetIntValue(), 10))
	}
	for key, want := range map[string]string{"slipway.service": "shop/cart", "slipway.build": "1", "slipway.attempt": "1", "slipway.state": "succeeded", "slipway.commit": commit} {
		if said[key] != want {
			t.Errorf("the attempt's %s is %q, want %q", key, said[key], want)
		}
	}
}

// TestTraced: traces cost nothing until somebody asks for them.
func TestTraced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"OTEL_SERVICE_NAME": "x"}, false},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, true},
		{map[string]string{"OTEL_TRACES_EXPORTER": "console"}, true},
		{map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, false},
		{map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"}, false},
	} {
		if got := appWith(c.env).traced(); got != c.want {
			t.Errorf("%v: %t", c.env, got)
		}
	}
	traces, err := appWith(nil).traces(t.Context(), nil, slog.New(slog.DiscardHandler))
	if traces != nil || err != nil {
		t.Errorf("nobody asks, and there are %v, %v", traces, err)
	}
}

// ear is a collector: OTLP over HTTP.
type ear struct {
	*httptest.Server
	mu    sync.Mutex
	spans []*traceproto.Span
}

func collect(t *testing.T) *ear {
	t.Helper()
	e := &ear{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var told collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &told) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, from := range told.GetResourceSpans() {
			for _, scope := range from.GetScopeSpans() {
				e.spans = append(e.spans, scope.GetSpans()...)
			}
		}
	}))
	t.Cleanup(e.Close)
	return e
}

// repository serves a Go service over HTTP.
func repository(t *testing.T) (url, commit string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "cart")
	run := func(args ...string) string {
		c := exec.CommandContext(t.Context(), git, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for name, text := range map[string]string{"go.mod": "module example.com/cart\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run("init", "-q", "-b", "main")
	run("add", ".")
	run("commit", "-q", "-m", "one")
	server := httptest.NewServer(&cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Stderr: io.Discard, Logger: slog.NewLogLogger(slog.DiscardHandler, 0),
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.DevNull},
	})
	t.Cleanup(server.Close)
	return server.URL + "/cart/.git", run("rev-parse", "HEAD")
}

// startPlane starts a control plane and a worker without an engine. end ends
// both, in the order of `up`.
func startPlane(t *testing.T, env map[string]string) (c *controlPlane, end func()) {
	t.Helper()
	a := appWith(env)
	a.out, a.err, a.environ, a.global.data = io.Discard, io.Discard, func() []string { return nil }, t.TempDir()
	var f serverFlags
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	a.engineFlags(flags, &f.engineFlags)
	f.controlFlags(flags)
	f.workFlags(flags)
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	try(flags.Parse([]string{"--listen", "127.0.0.1:0", "--registry", "127.0.0.1:0", "--reconcile", "0", "--name", "w1"}))
	log := slog.New(slog.DiscardHandler)
	p, err := a.open(f.engineFlags)
	try(err)
	c, err = p.openControlPlane(t.Context(), f, log)
	try(err)
	link, err := queue.Dial(t.Context(), queue.Dialing{Server: c.queue, Name: "w1", Worker: true, Log: log})
	try(err)
	side, err := queue.NewWorker(link, "w1", log)
	try(err)
	w := worker.New(worker.Config{
		Name: "w1", Platform: compile.Platform, Trust: []slipway.Trust{slipway.TrustMember}, Traces: c.traces, Log: log, Beat: 50 * time.Millisecond,
	}, worker.Parts{Jobs: side, Builds: side, Keys: side, Events: side, Sources: &workshop{origins{p}, f, link}, Engine: noEngine{p}})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{c.run, w.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	end = sync.OnceFunc(func() {
		stop()
		running.Wait()
		_, _, _ = link.Close(), c.Close(), p.Close()
		closeTraces(ctx, c.traces)
	})
	t.Cleanup(end)
	return c, end
}

// noEngine gives an empty content image for everything.
type noEngine struct{ *platform }

func (noEngine) Check(context.Context) error          { return nil }
func (noEngine) Away(context.Context, time.Time) bool { return false }

func (e noEngine) Builder(context.Context, slipway.Assignment, slipway.Log) (*builder.Builder, error) {
	return &builder.Builder{Stacks: e, Images: &images{registry: e.images}, Solver: e}, nil
}

func (noEngine) Lacks(slipway.Plan) bool { return false }

func (noEngine) Resolve(_ context.Context, p slipway.Plan) (slipway.Stack, slipway.Version, error) {
	return slipway.Stack{
		Name: "go", Init: "/init", Build: slipway.StackImage{Name: "build", Digest: "sha256:b"}, Run: slipway.StackImage{Name: "run", Digest: "sha256:r"},
	}, p.Version, nil
}

func (e noEngine) Solve(ctx context.Context, r solve.Request, key slipway.BuildKey) (string, error) {
	digest, err := empty.Image.Digest()
	if err != nil {
		return "", err
	}
	return digest.String(), e.images.PutContent(ctx, r.Service, key, empty.Image)
}

func connect(t *testing.T, c *controlPlane, url string) (hook, secret string) {
	t.Helper()
	secret = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	err := c.record.AddTeam(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.record.Connect(t.Context(), slipway.Connection{
		Team: "shop", Forge: "generic", Repository: "shop/cart", URL: url, Default: "refs/heads/main", Created: time.Now(),
	}, slipway.Keys{Hooks: []string{secret}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.record.AddService(t.Context(), slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: "cart"}, Connection: id}); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s/hooks/%d", c.web.url, id), secret
}

// deliver is a push, signed as Standard Webhooks has it.
func deliver(t *testing.T, hook, secret, commit string) {
	t.Helper()
	body := fmt.Sprintf(`{"repository":"shop/cart","ref":"refs/heads/main","before":"","after":"%s","actor":"ann"}`, commit)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "d1.%s.%s", at, body)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, hook, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {"d1"}, "Webhook-Timestamp": {at},
		"Webhook-Signature": {"v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusAccepted {
		t.Fatalf("the hook answers %d: %s", answer.StatusCode, text)
	}
}

// succeeded waits for the end of the one build.
func succeeded(t *testing.T, c *controlPlane) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		builds, err := c.record.Builds(ctx, slipway.BuildPage{Most: 1})
		switch {
		case err != nil:
			t.Fatal(err)
		case len(builds) == 1 && builds[0].State == slipway.BuildSucceeded:
			return
		case len(builds) == 1 && (builds[0].State.Ended() || builds[0].Attempt > 1):
			t.Fatalf("the build is %+v", builds[0])
		}
		select {
		case <-ctx.Done():
			events, _ := c.record.Events(t.Context(), 1, 0, 5)
			t.Fatalf("no build ends; events %+v", events)
		case <-tick.C:
		}
	}
}

package solve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/opencontainers/go-digest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// recorder is a log in memory.
type recorder struct {
	lines  []slipway.LogLine
	events []slipway.StepEvent
}

func (r *recorder) Line(l slipway.LogLine)    { r.lines = append(r.lines, l) }
func (r *recorder) Event(e slipway.StepEvent) { r.events = append(r.events, e) }

func request() Request {
	return Request{
		Limits: Limits{Step: compile.Limits{Memory: 64 << 20}},
		Plan: slipway.Plan{Steps: []slipway.Step{
			{Name: "deps", Network: slipway.NetworkPackages},
			{Name: "compile", Network: slipway.NetworkNone},
		}},
	}
}

// followed is a follower that has seen one step fail after some output.
func followed(t *testing.T, step string, output ...string) *follower {
	t.Helper()
	f := newFollower(&recorder{}, &watch{})
	now := time.Now()
	id := digest.FromString(step)
	progress := make(chan *client.SolveStatus, len(output)+2)
	progress <- &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: id, Name: compile.StepName(step), Started: &now}}}
	for _, o := range output {
		progress <- &client.SolveStatus{Logs: []*client.VertexLog{{Vertex: id, Data: []byte(o), Timestamp: now}}}
	}
	progress <- &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: id, Name: compile.StepName(step), Started: &now, Completed: &now, Error: "exit code: 1"}}}
	close(progress)
	f.follow(progress)
	return f
}

func exit(code uint32) error {
	return fmt.Errorf("process did not complete: %w", &gatewaypb.ExitError{ExitCode: code})
}

func TestExplain(t *testing.T) {
	t.Parallel()
	none := func(*testing.T) *follower { return newFollower(&recorder{}, &watch{}) }
	tests := map[string]struct {
		err   error
		seen  func(*testing.T) *follower
		code  slipway.Code
		class slipway.Class
		says  string
	}{
		"compile error": {
			exit(1), func(t *testing.T) *follower { t.Helper(); return followed(t, "compile", "main.go:3:1: no\n") },
			slipway.CodeFailed, slipway.ClassCode, "exit code 1",
		},
		"missing dependency": {
			exit(1), func(t *testing.T) *follower { t.Helper(); return followed(t, "deps", "not found") },
			slipway.CodeFailed, slipway.ClassDependency, `"deps"`,
		},
		"memory": {
			exit(137), func(t *testing.T) *follower { t.Helper(); return followed(t, "compile") },
			slipway.CodeLimit, slipway.ClassLimit, "64 MiB",
		},
		"memory, of a compiler that the step started": {
			exit(1), func(t *testing.T) *follower {
				t.Helper()
				return followed(t, "compile", "x: /usr/local/go/pkg/tool/linux_amd64/compile: signal: killed\n")
			},
			slipway.CodeLimit, slipway.ClassLimit, "64 MiB",
		},
		"full disk, also when it fails a step": {
			errors.New("write /x: no space left on device"), func(t *testing.T) *follower { t.Helper(); return followed(t, "compile") },
			slipway.CodeUnavailable, slipway.ClassPlatform, "disk",
		},
		"full disk, as the step's own words": {
			exit(1), func(t *testing.T) *follower {
				t.Helper()
				return followed(t, "compile", "p1: write /tmp/go-build1/b001/importcfg: no space left on device\n", "p2: no\n")
			},
			slipway.CodeUnavailable, slipway.ClassPlatform, "disk",
		},
		"full disk, of the registry in this process": {
			errors.New("failed to push slipway.internal/a/b: DENIED: no space left on the registry's disk"), none,
			slipway.CodeUnavailable, slipway.ClassPlatform, "disk",
		},
		"code that only speaks of a full disk": {
			exit(1), func(t *testing.T) *follower {
				t.Helper()
				return followed(t, "compile", "main.go:3: \"no space left on device\" is not used\n")
			},
			slipway.CodeFailed, slipway.ClassCode, "exit code 1",
		},
		"less memory than a container needs": {
			exit(1), func(t *testing.T) *follower {
				t.Helper()
				return followed(t, "compile", "runc run failed: unable to start container process: unable to set memory limit to 2097152\n")
			},
			slipway.CodeLimit, slipway.ClassLimit, "64 MiB",
		},
		"no container at all": {
			exit(1), func(t *testing.T) *follower {
				t.Helper()
				return followed(t, "compile", "runc run failed: unable to start container process: no such device\n")
			},
			slipway.CodeUnavailable, slipway.ClassPlatform, "could not start",
		},
		"daemon killed": {
			status.Error(codes.Unavailable, "error reading from server: EOF"), none,
			slipway.CodeUnavailable, slipway.ClassPlatform, "went away",
		},
		"stack image gone": {
			&imageError{image: slipway.StackImage{Name: "go:1"}, err: errors.New("not found")}, none,
			slipway.CodeUnavailable, slipway.ClassRegistry, "go:1",
		},
		"anything else": {errors.New("odd"), none, slipway.CodeUnavailable, slipway.ClassPlatform, "odd"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := explain(tt.err, request(), tt.seen(t))
			e, ok := errors.AsType[*slipway.Error](err)
			if !ok || e.Code != tt.code || e.Class != tt.class || !strings.Contains(e.Error(), tt.says) || e.Hint == "" {
				t.Errorf("explain = %#v, want %s, class %q, saying %q, and a hint", err, tt.code, tt.class, tt.says)
			}
		})
	}
}

func TestFollower_KeepsTheTailOfWhatFailed(t *testing.T) {
	t.Parallel()
	f := followed(t, "compile", "one\ntw", "o\r\n", "no newline at the end")
	_, tail, ok := f.failed()
	if got, want := strings.Join(tail, "|"), "one|two|no newline at the end"; !ok || got != want {
		t.Errorf("tail %q, %v; want %q", got, ok, want)
	}
}

func TestFollower_ALongOutputKeepsItsEnd(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 10 * tailLines {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	_, tail, _ := followed(t, "compile", b.String()).failed()
	if len(tail) != tailLines || tail[tailLines-1] != fmt.Sprintf("line %d", 10*tailLines-1) {
		t.Errorf("%d lines, the last %q", len(tail), tail[len(tail)-1])
	}
}

func TestFollower_ALineWithoutAnEndIsCut(t *testing.T) {
	t.Parallel()
	f := followed(t, "compile", strings.Repeat("x", 3*maxLine), "yz\nend\n")
	_, tail, _ := f.failed()
	if len(tail) != 5 || len(tail[0]) != maxLine || tail[3] != "yz" || tail[4] != "end" {
		t.Errorf("%d lines, the last two %q", len(tail), tail[max(0, len(tail)-2):])
	}
}

func TestFollower_OutputHasALimit(t *testing.T) {
	t.Parallel()
	ctx, w := withLimits(t.Context(), Limits{Output: 10})
	defer w.stop()
	f := newFollower(&recorder{}, w)
	f.output(&client.VertexLog{Data: []byte("12345678")})
	if err := ctx.Err(); err != nil {
		t.Fatalf("below the limit: %v", err)
	}
	f.output(&client.VertexLog{Data: []byte("12345678")})
	if err := context.Cause(ctx); slipway.ErrorCode(err) != slipway.CodeLimit {
		t.Errorf("above the limit: %v", err)
	}
}

func TestWithLimits(t *testing.T) {
	t.Parallel()
	ctx, w := withLimits(t.Context(), Limits{Silence: time.Millisecond})
	defer w.stop()
	<-ctx.Done()
	if err := context.Cause(ctx); slipway.ErrorCode(err) != slipway.CodeLimit {
		t.Errorf("silence: cause %v, want a limit", err)
	}
}

func TestTooOld(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"v0.33.9": true, "v0.34.0": false, "v0.34.2": false, "v1.0.0": false, "v0.0.0+unknown": false, "dev": false, "": false} {
		if got := tooOld(version); got != want {
			t.Errorf("tooOld(%q) = %v", version, got)
		}
	}
}

// What a step of a part says is read as that part's language.
func TestExplain_aStepOfAPart(t *testing.T) {
	t.Parallel()
	r := request()
	r.Plan.Language = slipway.LanguageGo
	r.Plan.Parts = []slipway.Part{{Language: slipway.LanguageNode}}
	r.Plan.Steps = append(r.Plan.Steps, slipway.Step{Name: "frontend-deps", In: slipway.LanguageNode, Network: slipway.NetworkPackages})
	tail := []string{
		"npm error code EUSAGE",
		"npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.",
	}
	_, want, ok := explainNode(tail)
	if !ok {
		t.Fatal("nobody knows what npm says")
	}
	err := explain(exit(1), r, followed(t, "frontend-deps", strings.Join(tail, "\n")+"\n"))
	if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Hint != want {
		t.Errorf("%+v, want the hint %q", err, want)
	}
}

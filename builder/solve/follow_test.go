package solve

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"

	"github.com/slipway-ci/slipway"
)

// lines is a log that keeps its lines whole.
type lines struct{ kept []slipway.LogLine }

func (l *lines) Line(line slipway.LogLine) { l.kept = append(l.kept, line) }
func (l *lines) Event(slipway.StepEvent)   {}

// follow feeds a step's output in chunks, and its end.
func follow(chunks ...string) (*lines, *follower) {
	log, step, now := &lines{}, digest.FromString("x"), time.Unix(1, 0)
	w := &watch{}
	f := newFollower(log, w)
	progress := make(chan *client.SolveStatus, len(chunks)+2)
	progress <- &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: step, Name: "[step] deps", Started: &now}}}
	for _, c := range chunks {
		progress <- &client.SolveStatus{Logs: []*client.VertexLog{{Vertex: step, Data: []byte(c), Timestamp: now}}}
	}
	progress <- &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: step, Name: "[step] deps", Started: &now, Completed: &now, Error: "exit code 1"}}}
	close(progress)
	f.follow(progress)
	return log, f
}

func TestFollower_TellsRequestsFromOutput(t *testing.T) {
	t.Parallel()
	log, f := follow("npm error 404\n", "proxy network requests:\n- GET https://r.example/a -> 200\n- GET https://r.", "example/b -> 404\n", "after all\n- a list\n")
	var output, requests []string
	for _, l := range log.kept {
		if l.Request {
			requests = append(requests, l.Text)
		} else {
			output = append(output, l.Text)
		}
	}
	if diff := cmp.Diff([]string{"npm error 404", "after all", "- a list"}, output); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if len(requests) != 3 {
		t.Errorf("requests: %q", requests)
	}
	_, tail, ok := f.failed()
	if diff := cmp.Diff([]string{"npm error 404", "- GET https://r.example/b -> 404", "after all", "- a list"}, tail); !ok || diff != "" {
		t.Errorf("what explains the failure (-want +got):\n%s", diff)
	}
}

// A tool that asks again and again for the same fills nobody's screen.
func TestFollower_KeepsARefusalOnce(t *testing.T) {
	t.Parallel()
	again := strings.Repeat("- GET https://r.example/a -> 502\n", 18)
	_, f := follow("proxy network requests:\n" + again + "- GET https://r.example/b -> 502\n")
	_, tail, _ := f.failed()
	if diff := cmp.Diff([]string{"- GET https://r.example/a -> 502", "- GET https://r.example/b -> 502"}, tail); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Being asked for credentials and then giving them is no failure.
func TestFollower_ForgetsARequestThatWasAnsweredLater(t *testing.T) {
	t.Parallel()
	_, f := follow("no\nproxy network requests:\n- GET https://r.example/a -> 401\n- GET https://r.example/b -> 401\n- GET https://r.example/a -> 200\n")
	_, tail, _ := f.failed()
	if diff := cmp.Diff([]string{"no", "- GET https://r.example/b -> 401"}, tail); diff != "" {
		t.Errorf("what explains the failure (-want +got):\n%s", diff)
	}
}

func TestFollower_WritesALastLineWithoutNewline(t *testing.T) {
	t.Parallel()
	log, _ := follow("one\r\ntw", "o")
	if len(log.kept) != 2 || log.kept[0].Text != "one" || log.kept[1].Text != "two" {
		t.Errorf("got %+v", log.kept)
	}
}

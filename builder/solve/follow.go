package solve

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"

	"github.com/slipway-ci/slipway"
)

// maxLine is the longest line that is kept in one piece: a step that never
// ends its line must not fill the memory.
const maxLine = 64 << 10

// tailLines is how much of a step's output is kept to explain a failure.
const tailLines = 200

// follower turns BuildKit's progress into the build's log. A vertex appears
// several times: begun, finished, found in the cache.
type follower struct {
	log   slipway.Log
	watch *watch
	steps map[digest.Digest]*vertex
	seen  time.Time // of the last thing that happened, by the daemon's clock
}

type vertex struct {
	name     string // the step's, or what BuildKit shows
	internal bool
	ended    bool
	exit     string
	took     time.Duration
	requests bool // what follows is the proxy's record
	partial  []byte
	printed  int64
	tail     []string
}

func newFollower(log slipway.Log, w *watch) *follower {
	return &follower{log: log, watch: w, steps: map[digest.Digest]*vertex{}}
}

// follow reads until the channel is closed; a solve stalls when nobody reads.
func (f *follower) follow(progress <-chan *client.SolveStatus) {
	for s := range progress {
		f.watch.progress()
		for _, v := range s.Vertexes {
			f.vertex(v)
		}
		for _, l := range s.Logs {
			f.output(l)
		}
	}
	for _, v := range f.steps {
		f.flush(v, time.Time{})
	}
}

func (f *follower) vertex(v *client.Vertex) {
	known, ok := f.steps[v.Digest]
	if !ok {
		name, step := stepOf(v.Name)
		known = &vertex{name: name, internal: !step}
		f.steps[v.Digest] = known
	}
	if v.Started == nil || known.ended {
		return
	}
	e := slipway.StepEvent{Step: known.name, Started: *v.Started, Cached: v.Cached, Error: v.Error, Internal: known.internal}
	if v.Completed != nil {
		e.Ended, known.ended, known.exit = *v.Completed, true, v.Error
		known.took, f.seen = v.Completed.Sub(*v.Started), *v.Completed
		f.flush(known, e.Ended)
	}
	f.log.Event(e)
}

// instruction is how BuildKit's Dockerfile frontend names what a person wrote:
// "[build 2/3] RUN make".
var instruction = regexp.MustCompile(`^\[[^\]]*\d+/\d+\] [A-Z]+ `)

// stepOf tells a step of the plan, or an instruction of a Dockerfile, from
// plumbing.
func stepOf(vertex string) (name string, step bool) {
	const most = 60
	if name, step = strings.CutPrefix(vertex, "[step] "); step {
		return name, true
	}
	if name = oneLine(vertex); instruction.MatchString(name) {
		if runes := []rune(name); len(runes) > most {
			name = string(runes[:most]) + "…"
		}
		return name, true
	}
	return vertex, false
}

func (f *follower) output(l *client.VertexLog) {
	v, ok := f.steps[l.Vertex]
	if !ok {
		v = &vertex{name: "", internal: true}
		f.steps[l.Vertex] = v
	}
	v.printed += int64(len(l.Data))
	if !f.watch.printed(v.name, v.printed) {
		return
	}
	v.partial = append(v.partial, l.Data...)
	for {
		line, rest, found := bytes.Cut(v.partial, []byte{'\n'})
		if !found && len(v.partial) <= maxLine {
			return
		}
		if len(line) > maxLine {
			line, rest = v.partial[:maxLine], v.partial[maxLine:]
		}
		f.line(v, line, l.Timestamp)
		v.partial = rest
	}
}

// flush writes a last line that had no newline.
func (f *follower) flush(v *vertex, at time.Time) {
	if len(v.partial) > 0 {
		f.line(v, v.partial, at)
		v.partial = nil
	}
}

// record is the line with which BuildKit begins to list what a step asked the
// recording proxy for, each request on a line of its own (v0.34.2,
// solver/llbsolver/ops/exec.go).
const record = "proxy network requests:"

func (f *follower) line(v *vertex, text []byte, at time.Time) {
	s := string(bytes.TrimRight(text, "\r"))
	v.requests = s == record || v.requests && strings.HasPrefix(s, "- ")
	if v.requests && !refused(s) {
		v.tail = slices.DeleteFunc(v.tail, func(before string) bool { return answeredLater(before, s) })
	}
	if !v.requests || refused(s) && !slices.Contains(v.tail, s) { // one that is asked again and again explains no more
		if v.tail = append(v.tail, s); len(v.tail) > tailLines {
			v.tail = v.tail[1:]
		}
	}
	f.log.Line(slipway.LogLine{Time: at, Step: v.name, Text: s, Request: v.requests})
}

// refused tells a request that did not get what it wanted: it may explain why
// the step failed.
func refused(request string) bool {
	_, status, ok := strings.Cut(request, " -> ")
	return ok && !strings.HasPrefix(status, "2") && !strings.HasPrefix(status, "3")
}

// answeredLater tells a request that was asked for credentials, or to come
// again, and then got what it wanted.
func answeredLater(before, now string) bool {
	url, status, ok := strings.Cut(before, " -> ")
	again, _, _ := strings.Cut(now, " -> ")
	return ok && url == again && (status == "401" || unanswered(status))
}

// failed gives the step of the plan that failed first, if one did.
func (f *follower) failed() (name string, tail []string, ok bool) {
	for _, v := range f.steps {
		if !v.internal && v.exit != "" && !strings.Contains(v.exit, "context canceled") {
			return v.name, v.tail, true
		}
	}
	return "", nil, false
}

// tail gives the last lines of a step.
func (f *follower) tail(step string) []string {
	for _, v := range f.steps {
		if !v.internal && v.name == step {
			return v.tail
		}
	}
	return nil
}

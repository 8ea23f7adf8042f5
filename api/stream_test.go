package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

// reading is a stream that is being read.
type reading struct {
	events chan sse
	stop   func()
}

type sse struct{ name, id, data string }

// stream opens one and reads it; headers are names and values.
func (w *world) stream(t *testing.T, who, path string, headers ...string) *reading {
	t.Helper()
	r, begin := w.unread(t, who, path, headers...)
	begin()
	return r
}

// unread opens a stream of which nothing is read before begin is called.
func (w *world) unread(t *testing.T, who, path string, headers ...string) (r *reading, begin func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+path, nil)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+w.tokens[who])
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s answers %s, %s", path, response.Status, response.Header.Get("Content-Type"))
	}
	r = &reading{events: make(chan sse, 4096), stop: stop}
	t.Cleanup(stop)
	t.Cleanup(func() { response.Body.Close() })
	return r, func() { go r.read(response) }
}

func (r *reading) read(response *http.Response) {
	defer close(r.events)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	var e sse
	var data []string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			data = append(data, value)
		case "":
			if e.name != "" {
				e.data = strings.Join(data, "\n")
				r.events <- e
			}
			e, data = sse{}, nil
		}
	}
}

// until reads to the event of a name and gives the ids of the log's parts
// before it.
func (r *reading) until(t *testing.T, name string) (ids []string, last sse) {
	t.Helper()
	for {
		select {
		case e, more := <-r.events:
			switch {
			case !more:
				t.Fatalf("the stream ends before %q, after %q", name, ids)
			case e.name == name:
				return ids, e
			case e.name == "log":
				ids = append(ids, e.id)
			}
		case <-t.Context().Done():
			t.Fatalf("no %q", name)
		}
	}
}

// attempt is a worker's try at the world's build.
func (w *world) attempt(t *testing.T) slipway.Attempt {
	t.Helper()
	a, err := w.record.Claim(t.Context(), w.build, "w1", noon, noon.AddDate(1, 0, 0))
	must(t, err)
	w.bell.Ring(fmt.Sprintf("build.%d", w.build))
	return a
}

// prints appends a chunk and rings.
func (w *world) prints(t *testing.T, a slipway.Attempt, number int, text string) {
	t.Helper()
	line, err := json.Marshal(slipway.LogEntry{Time: noon, Step: "compile", Text: text})
	must(t, err)
	must(t, w.record.Append(t.Context(), a, number, append(line, '\n')))
	w.bell.Ring(fmt.Sprintf("build.%d", a.Build))
}

func (w *world) ends(t *testing.T, a slipway.Attempt, chunks int, state slipway.BuildState) {
	t.Helper()
	must(t, w.record.Finish(t.Context(), a, chunks, slipway.Outcome{State: state, Class: slipway.ClassCode}, noon))
	w.bell.Ring(fmt.Sprintf("build.%d", a.Build))
}

func ids(attempt, to int) (all []string) {
	for i := 1; i <= to; i++ {
		all = append(all, fmt.Sprintf("%d-%d", attempt, i))
	}
	return all
}

func (w *world) logStream() string { return "/api/v1/builds/" + w.ids["build"] + "/log/stream" }

func TestStream_FromTheQueueToTheEnd(t *testing.T) {
	t.Parallel()
	for _, broken := range []bool{false, true} {
		t.Run(fmt.Sprintf("every ring is lost: %t", broken), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).serve(t)
			w.bell.broken = broken
			r := w.stream(t, "viewer", w.logStream())
			if _, e := r.until(t, "build"); !strings.Contains(e.data, `"state":"queued"`) {
				t.Errorf("at first it tells %s", e.data)
			}
			a := w.attempt(t)
			for i := 1; i <= 40; i++ {
				w.prints(t, a, i, fmt.Sprint("line ", i))
			}
			w.ends(t, a, 40, slipway.BuildFailed)
			got, last := r.until(t, "end")
			if diff := cmp.Diff(ids(1, 40), got); diff != "" {
				t.Errorf("the log (-want +got):\n%s", diff)
			}
			var b slipway.Build
			must(t, json.Unmarshal([]byte(last.data), &b))
			if b.ID != w.build || b.State != slipway.BuildFailed {
				t.Errorf("it ends with %+v", b)
			}
		})
	}
}

// TestStream_ResumesWithoutAGap breaks the connection at each part of a log of
// two attempts and goes on from the id that was read last.
func TestStream_ResumesWithoutAGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	first := w.attempt(t)
	for i := 1; i <= 5; i++ {
		w.prints(t, first, i, "first")
	}
	w.ends(t, first, 5, slipway.BuildQueued)
	second := w.attempt(t)
	for i := 1; i <= 5; i++ {
		w.prints(t, second, i, "second")
	}
	w.ends(t, second, 5, slipway.BuildSucceeded)
	whole := append(ids(1, 5), ids(2, 5)...)
	for i, id := range whole {
		for _, r := range []*reading{w.stream(t, "viewer", w.logStream(), "Last-Event-ID", id), w.stream(t, "viewer", w.logStream()+"?after="+id)} {
			got, _ := r.until(t, "end")
			if diff := cmp.Diff(slices.Concat(whole[i+1:]), got); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", id, diff)
			}
		}
	}
	for _, id := range []string{"x", "1-6", "3-1", "-1--1", "9999999999-1"} {
		w.want(t, 400, nil, "viewer", http.MethodGet, w.logStream()+"?after="+id, "")
	}
}

// counting counts how often logs are read.
type counting struct {
	*store.Store

	logs atomic.Int64
}

func (c *counting) Log(ctx context.Context, build int64, after slipway.Chunk, most int) ([]slipway.Chunk, error) {
	c.logs.Add(1)
	return c.Store.Log(ctx, build, after, most)
}

// TestStream_ManyReadersReadTheRecordOnce has 50 readers of one build.
func TestStream_ManyReadersReadTheRecordOnce(t *testing.T) {
	t.Parallel()
	const readers, parts = 50, 20
	w := newWorld(t)
	record := &counting{Store: w.record}
	w.config.Record = record
	w.serve(t)
	var all []*reading
	for range readers {
		r := w.stream(t, "viewer", w.logStream())
		r.until(t, "build")
		all = append(all, r)
	}
	before := record.logs.Load()
	a := w.attempt(t)
	for i := 1; i <= parts; i++ {
		w.prints(t, a, i, "line")
	}
	w.ends(t, a, parts, slipway.BuildFailed)
	var read sync.WaitGroup
	for _, r := range all {
		read.Go(func() {
			if got, _ := r.until(t, "end"); len(got) != parts {
				t.Errorf("a reader got %d parts, want %d", len(got), parts)
			}
		})
	}
	read.Wait()
	if n := record.logs.Load() - before; n > 4*parts {
		t.Errorf("for %d readers of %d parts the record was read %d times", readers, parts, n)
	}
}

// TestStream_SlowReaderLosesNothing has a reader that takes nothing while ten
// times as much comes as a tail keeps.
func TestStream_SlowReaderLosesNothing(t *testing.T) {
	t.Parallel()
	const parts = 320
	w := newWorld(t).serve(t)
	a := w.attempt(t)
	slow, begin := w.unread(t, "viewer", w.logStream())
	quick := w.stream(t, "viewer", w.logStream())
	line := strings.Repeat("x", 50<<10)
	for i := 1; i <= parts; i++ {
		w.prints(t, a, i, line)
	}
	w.ends(t, a, parts, slipway.BuildFailed)
	for name, r := range map[string]*reading{"quick": quick, "slow": slow} {
		if name == "slow" {
			begin()
		}
		got, _ := r.until(t, "end")
		if diff := cmp.Diff(ids(1, parts), got); diff != "" {
			t.Errorf("the %s reader (-want +got):\n%s", name, diff)
		}
	}
}

func TestLog_ForPeopleAndPrograms(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	a := w.attempt(t)
	w.prints(t, a, 1, "one \x1b[31mred\x1b[0m \x1b]0;x\x07")
	w.prints(t, a, 2, "two\ndeploy | three")
	w.ends(t, a, 2, slipway.BuildFailed)
	path := "/api/v1/builds/" + w.ids["build"] + "/log"
	for _, query := range []string{"", "?follow=true"} {
		if got := w.ask(t, "viewer", http.MethodGet, path+query, ""); string(got.body) != "compile | one red \ncompile | two\ncompile | deploy | three\n" || got.header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s is %q as %s", query, got.body, got.header.Get("Content-Type"))
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+path, nil)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+w.tokens["viewer"])
	request.Header.Set("Accept", "application/x-ndjson")
	got := send(t, request)
	if lines := strings.Split(strings.TrimSpace(string(got.body)), "\n"); len(lines) != 2 || !json.Valid([]byte(lines[0])) {
		t.Errorf("as JSON it is %q", got.body)
	}
}

func TestStates_ToldToThoseWhoMaySee(t *testing.T) {
	t.Parallel()
	for _, broken := range []bool{false, true} {
		t.Run(fmt.Sprintf("every ring is lost: %t", broken), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).serve(t)
			w.bell.broken = broken
			mine, theirs := w.stream(t, "viewer", "/api/v1/events/stream"), w.stream(t, "bank-viewer", "/api/v1/events/stream")
			mine.until(t, "build")
			a := w.attempt(t)
			for state := slipway.BuildState(""); state != slipway.BuildRunning; {
				state = stateOf(t, mine)
			}
			w.ends(t, a, 0, slipway.BuildSucceeded)
			for state := slipway.BuildState(""); state != slipway.BuildSucceeded; {
				state = stateOf(t, mine)
			}
			select {
			case e := <-theirs.events:
				t.Errorf("another team is told %+v", e)
			default:
			}
		})
	}
}

func stateOf(t *testing.T, r *reading) slipway.BuildState {
	t.Helper()
	_, e := r.until(t, "build")
	var b slipway.Build
	must(t, json.Unmarshal([]byte(e.data), &b))
	return b.State
}

// TestStream_LeavesNothing: a tail ends when its last reader leaves.
func TestStream_LeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	a, b := w.stream(t, "viewer", w.logStream()), w.stream(t, "viewer", "/api/v1/events/stream")
	listening := func() int {
		w.bell.mu.Lock()
		defer w.bell.mu.Unlock()
		return len(w.bell.hear)
	}
	soon(t, "both listen", func() bool { return listening() == 2 })
	a.stop()
	b.stop()
	soon(t, "nobody listens", func() bool { return listening() == 0 })
}

// TestLog_PartByPart polls a log of two attempts as one does who cannot hold a
// connection: each line once and in order, and its end is known.
func TestLog_PartByPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	path := "/api/v1/builds/" + w.ids["build"] + "/log?after="
	part := func(after, wantText, next, more string, state slipway.BuildState) {
		t.Helper()
		a := w.ask(t, "viewer", http.MethodGet, path+after, "")
		got := []string{fmt.Sprint(a.status), string(a.body), a.header.Get("Slipway-Next"), a.header.Get("Slipway-More"), a.header.Get("Slipway-State")}
		if diff := cmp.Diff([]string{"200", wantText, next, more, string(state)}, got); diff != "" {
			t.Errorf("after %q (-want +got):\n%s", after, diff)
		}
	}
	part("", "", "0-0", "false", slipway.BuildQueued)
	part("0-0", "", "0-0", "false", slipway.BuildQueued)
	first := w.attempt(t)
	whole := ""
	for i := 1; i <= 20; i++ {
		w.prints(t, first, i, fmt.Sprint("line ", i))
		if i <= 16 {
			whole += fmt.Sprintf("compile | line %d\n", i)
		}
	}
	part("0-0", whole, "1-16", "true", slipway.BuildRunning)
	part("1-16", "compile | line 17\ncompile | line 18\ncompile | line 19\ncompile | line 20\n", "1-20", "false", slipway.BuildRunning)
	w.ends(t, first, 20, slipway.BuildQueued)
	second := w.attempt(t)
	w.prints(t, second, 1, "again")
	w.ends(t, second, 1, slipway.BuildSucceeded)
	part("1-20", "-- attempt 2 --\ncompile | again\n", "2-1", "false", slipway.BuildSucceeded)
	part("2-1", "", "2-1", "false", slipway.BuildSucceeded)
	for _, bad := range []string{"2-2", "x", "1-16&follow=true"} {
		if a := w.ask(t, "viewer", http.MethodGet, path+bad, ""); a.status != http.StatusBadRequest || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("after %s answers %d as %s: %s", bad, a.status, a.header.Get("Content-Type"), a.body)
		}
	}
}

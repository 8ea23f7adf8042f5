// Package library_test runs the shared library as Jenkins does: its Groovy,
// through the interpreter that Pipeline has, against the real API. The steps
// of Pipeline are stubs; at each of them the program is saved and loaded anew.
package library_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// step is something that a pipeline did.
type step struct {
	Step        string         `json:"step"` // echo, sleep, description, timeout, waitForWebhook or end
	Text        string         `json:"text"`
	Seconds     int            `json:"seconds"`
	Minutes     int            `json:"minutes"`
	Result      string         `json:"result"` // of the end, in Jenkins' words
	Error       string         `json:"error"`
	Handle      map[string]any `json:"handle"`
	Description string         `json:"description"`
}

// given is a pipeline and what is around it.
type given struct {
	Pipeline    string            `json:"pipeline"`
	Env         map[string]string `json:"env"`
	Credentials map[string]string `json:"credentials"`
	Webhook     string            `json:"webhook,omitempty"` // "": the plugin is not there
	Started     int64             `json:"started"`
	Second      int               `json:"second"` // ms that one takes
}

// java is a harness that runs one pipeline after another.
type java struct {
	in    io.WriteCloser
	steps chan step
	said  *bytes.Buffer // stderr; to be read when steps is closed
}

// start starts a harness, which ends with the test.
func start(t *testing.T) *java {
	t.Helper()
	if testing.Short() {
		t.Skip("it needs Java, Maven and ten seconds; `go test` without -short runs it")
	}
	jars, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", "make", "jars.sh"), "jars.txt").Output()
	if err != nil {
		t.Fatalf("the jars are not there: %v\n%s", err, jars)
	}
	classpath := strings.Join(append(strings.Fields(string(jars)), filepath.Join("testdata", "jenkins")), string(os.PathListSeparator))
	child := exec.CommandContext(context.WithoutCancel(t.Context()), "java", // it ends when its input does
		"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-cp", classpath,
		"groovy.ui.GroovyMain", filepath.Join("testdata", "jenkins", "Harness.groovy"), ".")
	j := &java{steps: make(chan step, 10_000), said: &bytes.Buffer{}}
	child.Stderr = j.said
	j.in, err = child.StdinPipe()
	must(t, err)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	read := make(chan struct{})
	go func() {
		defer close(read)
		j.read(out)
	}()
	t.Cleanup(func() {
		_ = j.in.Close()
		<-read
		if err := child.Wait(); err != nil && !t.Failed() {
			t.Errorf("java ends with %v: %s", err, j.said)
		}
	})
	return j
}

func (j *java) read(out io.Reader) {
	defer close(j.steps)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var s step
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			s = step{Step: "broken", Text: lines.Text()}
		}
		j.steps <- s
	}
}

// run is a pipeline that runs.
type run struct {
	java *java
	seen []step
}

// run begins a pipeline.
func (j *java) run(t *testing.T, g given) *run {
	t.Helper()
	text, err := json.Marshal(g)
	must(t, err)
	j.tell(t, string(text))
	return &run{java: j}
}

func (j *java) tell(t *testing.T, line string) {
	t.Helper()
	_, err := io.WriteString(j.in, line+"\n")
	must(t, err)
}

// until reads steps up to the one that is asked for.
func (r *run) until(t *testing.T, what string, is func(step) bool) step {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for {
		select {
		case s, more := <-r.java.steps:
			if !more {
				t.Fatalf("java ended before %s: %s", what, r.java.said)
			}
			r.seen = append(r.seen, s)
			switch {
			case is(s):
				return s
			case s.Step == "end":
				t.Fatalf("the pipeline ended before %s: %+v\n%s", what, s, r.console())
			}
		case <-ctx.Done():
			t.Fatalf("%s: not within a minute\n%s", what, r.console())
		}
	}
}

// echoes reads up to a line of the console.
func (r *run) echoes(t *testing.T, text string) {
	t.Helper()
	r.until(t, "it printed "+text, func(s step) bool { return s.Step == "echo" && strings.Contains(s.Text, text) })
}

// ends reads to the end and holds it to a result.
func (r *run) ends(t *testing.T, result string) step {
	t.Helper()
	s := r.until(t, "its end", func(s step) bool { return s.Step == "end" })
	if s.Result != result {
		t.Errorf("it ends as %s (%s), want %s\n%s", s.Result, s.Error, result, r.console())
	}
	if strings.Contains(r.console(), "\x1b") {
		t.Errorf("the console got an escape: %q", r.console())
	}
	return s
}

// console is what was printed.
func (r *run) console() string {
	var b strings.Builder
	for _, s := range r.seen {
		if s.Step == "echo" {
			b.WriteString(s.Text + "\n")
		}
	}
	return b.String()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

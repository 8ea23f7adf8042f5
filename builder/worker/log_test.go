package worker_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
)

// prints is a solve that writes lines of a step.
func prints(lines ...string) func(context.Context, solve.Request) error {
	return func(_ context.Context, r solve.Request) error {
		for _, l := range lines {
			r.Log.Line(slipway.LogLine{Time: time.Unix(1, 0), Step: "compile", Text: l})
		}
		return nil
	}
}

func TestWorker_LogIsWholeAndInOrder(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	lines := make([]string, 20_000)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d of many", i)
	}
	m.solve = prints(lines...)
	run(t, c, m, worker.Config{})
	c.build(1)
	c.outcome(t, 1)
	if got := c.printed(t, 1); got != strings.Join(lines, "\n")+"\n" {
		t.Errorf("%d bytes of %d", len(got), len(strings.Join(lines, "\n"))+1)
	}
	chunks := len(c.chunks[slipway.Attempt{Build: 1, Number: 1, Worker: "w1"}])
	if c.sent[1] != chunks || chunks < 10 || chunks > 60 {
		t.Errorf("%d chunks, the end named %d", chunks, c.sent[1])
	}
}

func TestWorker_LogComesWhileTheBuildRuns(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	seen := make(chan struct{})
	m.solve = func(ctx context.Context, r solve.Request) error {
		_ = prints("early")(ctx, r)
		<-seen
		return nil
	}
	run(t, c, m, worker.Config{})
	c.build(1)
	a := slipway.Attempt{Build: 1, Number: 1, Worker: "w1"}
	c.until(t, "the line is there", func() bool { return len(c.chunks[a]) == 1 })
	close(seen)
	c.outcome(t, 1)
}

func TestWorker_LogKeepsHeadAndTail(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	const n = 20_000
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %05d", i)
	}
	m.solve = prints(lines...)
	run(t, c, m, worker.Config{Head: 200_000, Tail: 100_000})
	c.build(1)
	c.outcome(t, 1)
	entries := c.entries(t, 1)
	entries = entries[:len(entries)-1] // what names the image
	var size, left, gaps int64
	for _, e := range entries {
		size += int64(len(e.Text)) + 1
		if e.Left > 0 {
			left, gaps = e.Left, gaps+1
		}
	}
	if whole := int64(n * len("line 00000\n")); gaps != 1 || size+left != whole {
		t.Errorf("%d bytes kept, %d said to be missing in %d gaps, of %d", size, left, gaps, whole)
	}
	if entries[0].Text != lines[0] || entries[len(entries)-1].Text != lines[n-1] {
		t.Errorf("from %q to %q", entries[0].Text, entries[len(entries)-1].Text)
	}
}

func TestWorker_LogHasNoSecrets(t *testing.T) {
	t.Parallel()
	const secret, token, password = "s3cret/with+signs", "tok-1234567890", "hunter22"
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) {
		a.Secrets, a.Mask, a.Origin.Credential.Password = map[string]string{"NPM_TOKEN": secret}, []string{token}, password
	}
	long := strings.Repeat("x", 64<<10-5) // package solve gives a line that does not end in pieces of 64 KiB
	m.solve = func(ctx context.Context, r solve.Request) error {
		err := prints("a "+secret+" b", base64.StdEncoding.EncodeToString([]byte(token)), long+token[:5], token[5:]+" after", "next",
			strings.Repeat("y", 16<<10-4)+token, "tok-\x001234567890")(ctx, r)
		r.Log.Event(slipway.StepEvent{Step: "compile", Started: time.Unix(1, 0), Ended: time.Unix(2, 0), Error: "exit 1: " + token})
		return errorOr(err, slipway.Errorf(slipway.CodeFailed, "curl with %s failed", password).WithDetails("say "+token))
	}
	run(t, c, m, worker.Config{})
	c.build(1)
	o := c.outcome(t, 1)
	text := c.text(t, 1)
	for _, e := range c.entries(t, 1) {
		text += e.Failed
	}
	for _, s := range []string{secret, token, password, base64.StdEncoding.EncodeToString([]byte(token))} {
		if strings.Contains(text, s) || strings.Contains(strings.ReplaceAll(text, "\n", ""), s) || strings.Contains(o.Reason, s) {
			t.Errorf("%q is in the log or the reason", s)
		}
	}
	for _, want := range []string{"a *** b", "x***", " after\nnext\n", "exit 1: ***", "failed (your code): curl with *** failed"} {
		if !strings.Contains(text, want) && !strings.Contains(strings.ReplaceAll(text, "\n", ""), want) {
			t.Errorf("%q is not in the log", want)
		}
	}
}

func errorOr(err, or error) error {
	if err != nil {
		return err
	}
	return or
}

func TestWorker_LongLinesAreBroken(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	long := strings.Repeat("é\x1b[31m", 10_000)
	m.solve = prints(long, strings.Repeat(`"`, 60_000), strings.Repeat("\u2028", 20_000), strings.Repeat("\x1b[m", 20_000))
	run(t, c, m, worker.Config{})
	c.build(1)
	if o := c.outcome(t, 1); o.State != slipway.BuildSucceeded {
		t.Fatalf("%+v", o)
	}
	var whole string
	for _, e := range c.entries(t, 1) {
		if len(e.Text) > 16<<10 {
			t.Errorf("a line of %d bytes", len(e.Text))
		}
		if rest := strings.ReplaceAll(strings.ReplaceAll(e.Text, "\x1b[31m", ""), "\x1b[m", ""); strings.ContainsAny(rest, "\x1b") || strings.HasPrefix(rest, "[") {
			t.Errorf("a colour is broken: %q", rest[:min(40, len(rest))])
		}
		whole += e.Text
	}
	if !strings.HasPrefix(whole, long) {
		t.Error("the parts are not the line")
	}
}

// A record that is slow slows the build down, and memory is bounded.
func TestWorker_ASlowRecordSlowsTheBuild(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.assign = func(a *slipway.Assignment) { a.Lease = time.Hour }
	printed := make(chan int, 1_000)
	m.solve = func(_ context.Context, r solve.Request) error {
		for i := range 100 {
			r.Log.Line(slipway.LogLine{Step: "compile", Text: strings.Repeat("z", 15_000)})
			printed <- i
		}
		return nil
	}
	c.leaveAfterClaim()
	run(t, c, m, worker.Config{})
	c.build(1)
	quiet := time.NewTimer(time.Second)
	defer quiet.Stop()
	n := 0
wait:
	for {
		select {
		case <-printed:
			n++
		case <-quiet.C:
			break wait
		}
	}
	if n > 40 {
		t.Errorf("%d lines of 15 kB were taken while nobody answered", n)
	}
	c.back()
	c.outcome(t, 1)
	if got := strings.Count(c.printed(t, 1), "\n"); got != 100 {
		t.Errorf("%d lines arrived of 100", got)
	}
}

// leaveAfterClaim stops answering once a build is given.
func (c *control) leaveAfterClaim() {
	before := c.assign
	c.assign = func(a *slipway.Assignment) { before(a); close(c.away) }
	c.holderless = true
}

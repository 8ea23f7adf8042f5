package library_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

// example is the Jenkinsfile that others begin with.
func example(t *testing.T, j *java, w *world) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "Jenkinsfile.library"))
	must(t, err)
	r := j.run(t, w.pipeline(strings.Replace(string(text), "@Library('slipway') _", "", 1)))
	id := w.builds(t, w.asked(t).ID)
	w.finishes(t, w.claims(t, id), 0, slipway.Outcome{State: slipway.BuildSucceeded})
	r.ends(t, "SUCCESS")
	var order []string
	for _, s := range r.seen {
		if s.Step == "node" || s.Step == "sh" {
			order = append(order, s.Step+" "+s.Text)
		}
	}
	if want := fmt.Sprint([]string{"node ", "sh ./deploy " + w.build(t, id).Image.String()}); fmt.Sprint(order) != want {
		t.Errorf("it does %q, want %q", order, want)
	}
}

// said is what a program prints while it runs.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// shell starts the step of a freestyle job that has curl alone.
func (w *world) shell(t *testing.T, tag string) (*exec.Cmd, *said) {
	t.Helper()
	out := &said{}
	step := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "examples", "freestyle.sh"))
	step.Env = []string{
		"PATH=" + os.Getenv("PATH"), "SLIPWAY_SERVER=" + w.url(), "SLIPWAY_TOKEN=" + w.token, "SERVICE=shop/cart", "REF=main",
		"BUILD_TAG=" + tag, "BUILD_URL=https://jenkins.example/job/cart/7/",
	}
	step.Stdout, step.Stderr = out, out
	must(t, step.Start())
	return step, out
}

func TestFreestyleStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	step, out := w.shell(t, "jenkins-cart-7")
	id := w.builds(t, w.asked(t).ID)
	a := w.claims(t, id)
	w.prints(t, a, 1, "one")
	said := func(text string) {
		t.Helper()
		for tick, end := time.Tick(10*time.Millisecond), time.After(time.Minute); !strings.Contains(out.String(), text); {
			select {
			case <-tick:
			case <-end:
				t.Fatalf("it does not say %q within a minute: %s", text, out)
			}
		}
	}
	said("compile | one\n")
	w.prints(t, a, 2, "two")
	w.finishes(t, a, 2, slipway.Outcome{State: slipway.BuildSucceeded})
	if err := step.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := fmt.Sprintf("Slipway: build %d of shop/cart: %s/builds/%d\ncompile | one\ncompile | two\nSlipway: build %d is succeeded\n", id, w.url(), id, id)
	if out.String() != want {
		t.Errorf("it says %q, want %q", out, want)
	}

	step, out = w.shell(t, "jenkins-cart-8")
	id = w.builds(t, w.asked(t).ID)
	w.claims(t, id)
	said("Slipway: build")
	must(t, step.Process.Signal(syscall.SIGTERM))
	if err := step.Wait(); err == nil {
		t.Error("an abort is a success")
	}
	if b := w.build(t, id); b.State != slipway.BuildCancelled {
		t.Errorf("the build is %s: %s", b.State, out)
	}

	step, out = w.shell(t, "jenkins-cart-9")
	w.finishes(t, w.claims(t, w.builds(t, w.asked(t).ID)), 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode})
	if err := step.Wait(); err == nil {
		t.Errorf("a failure is a success: %s", out)
	}
}

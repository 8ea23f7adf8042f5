package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

// TestMain is also the program that the kill test kills: a control plane with
// its server, in a process of its own.
func TestMain(m *testing.M) {
	if dir, at, ok := strings.Cut(os.Getenv("QUEUE_TEST_SERVER"), "|"); ok {
		if err := victim(dir, at); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func victim(dir, at string) error {
	ctx := context.Background()
	s, err := queue.Start(ctx, queue.Config{Dir: dir, Listen: at, Authenticate: authenticate, Log: quiet()})
	if err != nil {
		return err
	}
	link, err := queue.Dial(ctx, queue.Dialing{Server: s, Name: "control", Log: quiet()})
	if err != nil {
		return err
	}
	c, err := queue.NewControl(link, 1, quiet())
	if err != nil {
		return err
	}
	if err := c.Offer(ctx, "w1", slipway.Job{Kind: slipway.JobBuild, ID: 1}); err != nil {
		return err
	}
	fmt.Println("ready")
	r := newRecord()
	return c.Serve(ctx, queue.Handler{Builds: r, Keys: r, Events: r})
}

// spawn starts a victim and returns when it is ready; kill is SIGKILL.
func spawn(t *testing.T, dir, at string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "QUEUE_TEST_SERVER="+dir+"|"+at)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	t.Cleanup(kill)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return kill
}

func TestQueue_SurvivesSIGKILL(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), free(t)
	kill := spawn(t, dir, at)
	link := dial(t, queue.Dialing{URLs: []string{"nats://" + at}, Name: "w1", Worker: true, Password: password})
	w, err := queue.NewWorker(link, "w1", quiet())
	if err != nil {
		t.Fatal(err)
	}
	ctx := within(t)
	for round := range 4 {
		if job, _, err := w.Next(ctx); err != nil || job != build(1) {
			t.Fatalf("round %d: %+v, %v", round, job, err)
		}
		kill()
		done := make(chan error, 1)
		go func() {
			_, err := w.Claim(ctx, 1)
			done <- err
		}()
		kill = spawn(t, dir, at)
		if err := <-done; err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

package jenkinstest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// shell runs a job's commands as Jenkins does: with sh -xe unless they name
// another interpreter, parameters in the environment, in a directory of their
// own, and the whole process group told to end when the run is aborted.
func (s *Server) shell(commands []string) Step {
	return func(ctx context.Context, r Running) string {
		directory, err := os.MkdirTemp("", "jenkinstest")
		if err != nil {
			return "FAILURE"
		}
		defer os.RemoveAll(directory) //nolint:errcheck // a directory of a test
		for _, command := range commands {
			if err := s.command(ctx, r, directory, command); err != nil {
				_, _ = fmt.Fprintln(r, "Build step 'Execute shell' marked build as failure:", err)
				return "FAILURE"
			}
		}
		return "SUCCESS"
	}
}

func (s *Server) command(ctx context.Context, r Running, directory, command string) error {
	script := filepath.Join(directory, "step.sh")
	if err := os.WriteFile(script, []byte(command), 0o600); err != nil {
		return err
	}
	c := exec.Command("sh", "-xe", script) //nolint:noctx // ended by hand, in two steps
	if len(command) > 2 && command[:2] == "#!" {
		if err := os.Chmod(script, 0o700); err != nil { //nolint:gosec // it is run
			return err
		}
		c = exec.Command(script) //nolint:noctx // as above
	}
	c.Dir, c.Stdout, c.Stderr = directory, &r, &r // one writer: what is written is in order
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = append(os.Environ(), "BUILD_NUMBER="+fmt.Sprint(r.Number), "JOB_NAME="+r.Job, "WORKSPACE="+directory, //nolint:forbidigo // an agent's own environment
		"BUILD_URL="+s.options.Root+pathOf(r.Job)+"/"+fmt.Sprint(r.Number)+"/", "JENKINS_URL="+s.options.Root+"/")
	for name, value := range r.Parameters {
		c.Env = append(c.Env, name+"="+value)
	}
	c.WaitDelay = time.Second // a child may hold the pipe
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return s.kill(c.Process.Pid, ended)
	}
}

// kill ends a process group, first gently.
func (s *Server) kill(group int, ended <-chan error) error {
	_ = syscall.Kill(-group, syscall.SIGTERM)
	timer := time.NewTimer(s.options.Grace)
	defer timer.Stop()
	select {
	case err := <-ended:
		_ = syscall.Kill(-group, syscall.SIGKILL)
		return err
	case <-timer.C:
		_ = syscall.Kill(-group, syscall.SIGKILL)
		return <-ended
	}
}

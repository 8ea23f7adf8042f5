package source

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/slipway-ci/slipway"
)

// UploadPack lets a git elsewhere read a repository: it runs git-upload-pack on
// the repository's host over ssh, with the keys of this Sources, and carries
// its words from in and to out until that ends. in is read to its end, or for
// as long as the other side listens. protocol is git's GIT_PROTOCOL, "" for the
// first version. The host's key must be known; its address must be public
// unless the host is one of Config.Private. The Error says what was refused.
func (s *Sources) UploadPack(ctx context.Context, r slipway.SSHRepository, protocol string, in io.Reader, out io.Writer) error {
	if err := r.Validate(); err != nil {
		return err
	}
	limits := s.config.Limits
	ctx, cancel := context.WithTimeout(ctx, limits.Fetch)
	defer cancel()
	to := reachPublic
	if s.named(r.Host) || s.named(r.Authority()) {
		to = reachPrivate
	}
	a, err := s.access(ctx, sshRemote(r), to)
	if err != nil {
		return err
	}
	g := &systemGit{agent: s.config.SSHAgent, key: s.config.SSHKey, known: s.config.KnownHosts, limits: limits}
	err = g.serve(ctx, a, r, protocol, in, &allowance{Writer: out, left: limits.FetchBytes, remote: a.remote, stop: cancel})
	if full, ok := errors.AsType[*slipway.Error](err); ok {
		return full
	}
	return explain(ctx, a, limits, "", err)
}

// sshRemote is a repository as a fetch has it.
func sshRemote(r slipway.SSHRepository) remote {
	user, _, _ := strings.Cut(r.Login(), "@")
	of := remote{Scheme: "ssh", User: user, Host: r.Host, Port: cmp.Or(r.Port, "22"), Path: r.Path, Scp: !strings.HasPrefix(r.Path, "/")}
	if !of.Scp {
		of.Path = (&url.URL{Path: r.Path}).EscapedPath()
	}
	return of
}

// serve runs ssh. Its input is a pipe of ours, so that an end of it that
// nobody writes to any more does not outlive it.
func (g *systemGit) serve(ctx context.Context, a *access, r slipway.SSHRepository, protocol string, in io.Reader, out *allowance) error {
	runtime.LockOSThread() // as of Limits.run
	defer runtime.UnlockOSThread()
	said := &capped{limit: 64 << 10, full: func() {}}
	cmd := exec.CommandContext(ctx, "ssh", g.uploadPack(a, r)...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C", "SSH_ASKPASS=", "SSH_AUTH_SOCK=" + g.agent, "GIT_PROTOCOL=" + protocol}
	cmd.Stdout, cmd.Stderr, cmd.Dir = out, said, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the program ssh cannot be started").WithHint("install openssh-client on the machine that builds").Because(err)
	}
	go func() {
		_, _ = io.Copy(stdin, in) // ssh ends when it has what it wants
		_ = stdin.Close()
	}()
	err = cmd.Wait()
	switch {
	case out.full.Load() != nil:
		return out.full.Load()
	case err != nil:
		return &failure{stderr: strings.ToValidUTF8(said.String(), "?"), err: err}
	}
	return nil
}

// uploadPack are ssh's words. The path has no character that a shell would
// take for anything but a path's within these quotes.
func (g *systemGit) uploadPack(a *access, r slipway.SSHRepository) []string {
	args := []string{"-T", "-p", a.remote.Port, "-o", "SendEnv=GIT_PROTOCOL"}
	for _, o := range g.sshOptions(a) {
		args = append(args, "-o", o)
	}
	return slices.Concat(args, []string{"--", r.Login(), "git-upload-pack '" + r.Path + "'"})
}

// allowance ends a reading that gives more than it may.
type allowance struct {
	io.Writer
	left   int64
	remote remote
	stop   func()
	full   atomic.Pointer[slipway.Error]
}

// Write is io.Writer's.
func (w *allowance) Write(p []byte) (int, error) {
	if w.left -= int64(len(p)); w.left < 0 {
		w.full.CompareAndSwap(nil, slipway.Errorf(slipway.CodeLimit, "%s sent more than is fetched of one repository", w.remote).
			WithHint("raise the limit of fetched bytes if the repository is meant to be that large").WithClass(slipway.ClassLimit))
		w.stop()
		return 0, os.ErrProcessDone
	}
	return w.Writer.Write(p)
}

package container

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
)

// Container is a running or ended container. Its methods may be called
// concurrently.
type Container struct {
	bundle         bundle
	process        *sandboxed
	stdout, stderr *output
	writable       bool // the root, too

	mu      sync.Mutex
	closers []io.Closer
}

// Exit says how a program ended.
type Exit struct {
	Code   int            // its exit code, 128 and the signal's number when one ended it
	Signal syscall.Signal // that signal, or 0
}

// Start unpacks the image and starts it. It returns once runc is on its way:
// a program that is not there shows in Wait, one that is none (another
// architecture) in its exit code and Output. ctx bounds the start only; Close ends the container.
func Start(ctx context.Context, img v1.Image, opt Options) (*Container, error) {
	opt = opt.withDefaults()
	runc, err := systemProgram("runc")
	if err != nil {
		return nil, err
	}
	b, err := newBundle(ctx, opt.Dir)
	if err != nil {
		return nil, err
	}
	if err := b.fill(ctx, img, opt); err != nil {
		return nil, errors.Join(err, b.remove(ctx))
	}
	c := &Container{bundle: b, writable: opt.WritableRoot, stdout: &output{next: opt.Stdout}, stderr: &output{next: opt.Stderr}}
	c.process, err = startSandboxed(ctx, process{
		args: []string{
			runc, "--root", filepath.Join(b.dir, "state"), "--log", c.logFile(), "--log-format", "json",
			"run", "--bundle", b.dir, b.id,
		},
		stdout: c.stdout, stderr: c.stderr, network: true,
	})
	if err != nil {
		return nil, errors.Join(err, b.remove(ctx))
	}
	return c, nil
}

func (c *Container) logFile() string { return filepath.Join(c.bundle.dir, "runc.log") }

// systemProgram finds a program in the PATH or where the system has it.
func systemProgram(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range filepath.SplitList(systemPath) {
		if path := filepath.Join(dir, name); isExecutable(path) {
			return path, nil
		}
	}
	return "", slipway.Errorf(slipway.CodeUnavailable, "the program %s, which running an image needs, is not installed", name).
		WithHint("install it: apt-get install %s", packageOf(name))
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func packageOf(program string) string {
	switch program {
	case "newuidmap", "newgidmap":
		return "uidmap"
	case "nsenter":
		return "util-linux"
	default:
		return program
	}
}

// Wait waits for the program's end. The error says that ctx ended first, or
// that the program could not be started at all, with runc's reason.
func (c *Container) Wait(ctx context.Context) (Exit, error) {
	select {
	case <-c.process.done:
	case <-ctx.Done():
		return Exit{}, context.Cause(ctx)
	}
	if reason := runcError(c.logFile()); reason != "" {
		return Exit{}, slipway.Errorf(slipway.CodeFailed, "the image cannot be started: %s", reason).
			WithHint("check that its entrypoint exists in the image and is a program for linux/amd64")
	}
	return exitOf(c.process.err)
}

func exitOf(err error) (Exit, error) {
	if err == nil {
		return Exit{}, nil
	}
	ended, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return Exit{}, err
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() { // runc itself, by Kill
		return Exit{Code: signalled + int(status.Signal()), Signal: status.Signal()}, nil
	}
	exit := Exit{Code: ended.ExitCode()}
	if exit.Code > signalled {
		exit.Signal = syscall.Signal(exit.Code - signalled)
	}
	return exit, nil
}

// signalled is what runc, like a shell, adds to the number of the signal
// that ended the program.
const signalled = 128

// Signal sends a signal to the container's first process. runc passes it on
// once that runs; one that comes earlier is lost.
func (c *Container) Signal(s syscall.Signal) error {
	if err := c.process.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// Kill ends every process of the container and returns when they have ended.
func (c *Container) Kill() { c.process.Kill() }

// Output gives the beginning of what the program wrote so far.
func (c *Container) Output() (stdout, stderr string) { return c.stdout.String(), c.stderr.String() }

// Get makes an HTTP request to the program and gives the status. Redirects
// are not followed.
func (c *Container) Get(ctx context.Context, port int, path string) (int, error) {
	transport := &http.Transport{DialContext: c.dialer(port), DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(port)+path, http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxOutput))
	return resp.StatusCode, err
}

// Close ends the container and removes everything that is left of it.
func (c *Container) Close() error {
	c.Kill()
	c.mu.Lock()
	closers := c.closers
	c.closers = nil
	c.mu.Unlock()
	var errs []error
	for _, closer := range closers {
		errs = append(errs, closer.Close())
	}
	return errors.Join(append(errs, c.bundle.remove(context.Background()))...)
}

package container_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/container"
	"github.com/slipway-ci/slipway/container/imagetest"
)

// needRunc skips, loudly, where containers cannot run.
func needRunc(t *testing.T) {
	t.Helper()
	reason := ""
	if _, err := exec.LookPath("runc"); err != nil {
		reason = "runc is not installed"
	} else if os.Geteuid() != 0 {
		reason = "these tests run as root; the one without root is TestWithoutRoot"
	}
	if reason == "" {
		return
	}
	if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
		t.Fatal(reason)
	}
	t.Skip("NOT TESTED: " + reason)
}

func image(t *testing.T, program string, does ...string) v1.Image {
	t.Helper()
	return imagetest.Image(t, v1.Config{
		User: "10001:10001", Entrypoint: append([]string{"/app/program"}, does...), WorkingDir: "/app",
		Env: []string{"PORT=8080"}, Volumes: map[string]struct{}{"/tmp": {}, "/app/data": {}},
	}, imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{
		"etc/motd":    {Body: "from the base\n"},
		"etc/removed": {Body: "gone\n"},
	}), "base"), imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{
		"app/program":     {Body: program, Mode: 0o755},
		"app/link":        {Type: '2', Link: "../etc/motd"},
		"etc/.wh.removed": {},
	}), "program"))
}

func start(t *testing.T, img v1.Image, opt container.Options) *container.Container {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	c, err := container.Start(t.Context(), img, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		left, err := os.ReadDir(opt.Dir)
		if err != nil || len(left) != 1 { // the lock of the directory itself
			t.Errorf("after Close the directory has %v (%v), want its lock alone", left, err)
		}
	})
	return c
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errors.New("the test waited "+d.String()))
	t.Cleanup(cancel)
	return ctx
}

func TestContainer(t *testing.T) {
	t.Parallel()
	needRunc(t)
	program := imagetest.Program(t)
	for name, test := range map[string]struct {
		does   []string
		opt    container.Options
		code   int
		stdout string
		stderr string
	}{
		"exit code":             {does: []string{"print=hello", "exit=7"}, code: 7, stdout: "hello\n"},
		"the image's user":      {does: []string{"ids"}, stdout: "uid=10001 gid=10001\n"},
		"another user":          {does: []string{"ids"}, opt: container.Options{User: "54321:54321"}, stdout: "uid=54321 gid=54321\n"},
		"loopback alone":        {does: []string{"links"}, stdout: "link lo\n"},
		"links in the image":    {does: []string{"read=/app/link"}, stdout: "from the base\n"},
		"whiteouts":             {does: []string{"read=/etc/removed"}, code: 1, stderr: "no such file"},
		"read-only root":        {does: []string{"write=/app/x"}, code: 1, stderr: "read-only file system"},
		"writable root":         {does: []string{"write=/app/x"}, opt: container.Options{User: "0:0", WritableRoot: true}},
		"writable volumes":      {does: []string{"write=/tmp/x", "write=/app/data/y"}, opt: container.Options{User: "54321:54321"}},
		"nothing of the host":   {does: []string{"read=/etc/passwd"}, code: 1, stderr: "no such file"},
		"names for loopback":    {does: []string{"read=/etc/hosts"}, stdout: "127.0.0.1 localhost slipway\n::1 localhost\n"},
		"not the host's kernel": {does: []string{"write=/proc/sys/kernel/hostname"}, code: 1, stderr: "read-only file system"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, image(t, program, test.does...), test.opt)
			exit, err := c.Wait(within(t, time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			stdout, stderr := c.Output()
			if exit.Code != test.code || stdout != test.stdout || !strings.Contains(stderr, test.stderr) {
				t.Errorf("got exit %d, stdout %q, stderr %q; want %d, %q, …%q…", exit.Code, stdout, stderr, test.code, test.stdout, test.stderr)
			}
		})
	}
}

func TestContainer_Memory(t *testing.T) {
	t.Parallel()
	needRunc(t)
	c := start(t, image(t, imagetest.Program(t), "eat=256", "print=survived"), container.Options{Memory: 64 << 20})
	exit, err := c.Wait(within(t, time.Minute))
	if stdout, _ := c.Output(); err != nil || exit.Signal != syscall.SIGKILL || stdout != "" {
		t.Errorf("four times the memory limit: %+v, %v, %q; want the end by SIGKILL", exit, err, stdout)
	}
}

func TestStartRefusesForeignDirectory(t *testing.T) {
	t.Parallel()
	needRunc(t)
	open, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{open, link} {
		c, err := container.Start(t.Context(), image(t, ""), container.Options{Dir: dir})
		if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(err.Error(), dir) {
			t.Errorf("Start in %s = %v, %v; want it refused", dir, c, err)
		}
	}
}

func TestContainer_Requests(t *testing.T) {
	t.Parallel()
	needRunc(t)
	c := start(t, image(t, imagetest.Program(t), "serve"), container.Options{Env: map[string]string{"PORT": "9321"}})
	answers(t, c, 9321)
	if got, err := c.Get(t.Context(), 9321, "/sick"); err != nil || got != http.StatusServiceUnavailable {
		t.Errorf("Get /sick = %d, %v; want 503", got, err)
	}

	address, err := c.Publish(t.Context(), 9321)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("published at %s: %v", address, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "well\n" {
		t.Errorf("published: got %q, %v", body, err)
	}

	if err := c.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Wait(within(t, 20*time.Second)); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
	if _, err := c.Dial(t.Context(), 9321); err == nil {
		t.Error("Dial reached a container that has ended")
	}
}

// answers asks until the program answers.
func answers(t *testing.T, c *container.Container, port int) {
	t.Helper()
	ctx := within(t, 30*time.Second)
	for {
		status, err := c.Get(ctx, port, "/healthz")
		if err == nil && status == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			stdout, stderr := c.Output()
			t.Fatalf("no answer: status %d, %v\n%s%s", status, err, stdout, stderr)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestContainer_Files(t *testing.T) {
	t.Parallel()
	needRunc(t)
	c := start(t, image(t, imagetest.Program(t), "write=/tmp/b.log", "write=/app/data/a"), container.Options{})
	if _, err := c.Wait(within(t, time.Minute)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/app/data/a", "/tmp/b.log"}, c.Files()); diff != "" {
		t.Errorf("Files (-want +got):\n%s", diff)
	}
}

func TestContainer_Written(t *testing.T) {
	t.Parallel()
	needRunc(t)
	img := image(t, imagetest.Program(t), "write=/app/data/a", "write=/app/crumbs")
	for _, writable := range []bool{true, false} {
		var want []string
		if writable {
			want = []string{"/app/crumbs"}
		}
		c := start(t, img, container.Options{WritableRoot: writable, User: "0:0"})
		if _, err := c.Wait(within(t, time.Minute)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, c.Written()); diff != "" {
			t.Errorf("writable root %v: Written (-want +got):\n%s", writable, diff)
		}
	}
}

func TestContainer_KillTakesChildren(t *testing.T) {
	t.Parallel()
	needRunc(t)
	marker := "marker-" + filepath.Base(t.TempDir()) + "-kill"
	c := start(t, image(t, imagetest.Program(t), "child="+marker, "ignore-term", "wait"), container.Options{})
	printed(t, c, "child of "+marker)
	c.Kill()
	gone(t, marker)
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	needRunc(t)
	traversal := imagetest.Layer(t, map[string]imagetest.File{"x": {Type: '1', Link: "../../../../../../etc/passwd"}})
	none := imagetest.Image(t, v1.Config{}, imagetest.Add(traversal, ""))
	if _, err := container.Start(t.Context(), none, container.Options{Dir: t.TempDir()}); slipway.ErrorCode(err) != slipway.CodeInvalid {
		t.Errorf("a hard link out of the image: %v, want code invalid", err)
	}
	named := imagetest.Image(t, v1.Config{User: "nobody", Entrypoint: []string{"/x"}})
	if _, err := container.Start(t.Context(), named, container.Options{Dir: t.TempDir()}); slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("a user that the image does not know: %v", err)
	}
	big := imagetest.Image(t, v1.Config{Entrypoint: []string{"/x"}}, imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{"x": {Body: strings.Repeat("x", 100_000)}}), ""))
	if _, err := container.Start(t.Context(), big, container.Options{Dir: t.TempDir(), MaxBytes: 50_000}); slipway.ErrorCode(err) != slipway.CodeLimit {
		t.Errorf("an image over the limit: %v, want code limit", err)
	}
	missing := start(t, imagetest.Image(t, v1.Config{Entrypoint: []string{"/app/nothing"}}), container.Options{})
	if _, err := missing.Wait(within(t, time.Minute)); slipway.ErrorCode(err) != slipway.CodeFailed || !strings.Contains(err.Error(), "/app/nothing") {
		t.Errorf("a program that is not there: %v", err)
	}
	text := start(t, image(t, "not a program"), container.Options{})
	exit, err := text.Wait(within(t, time.Minute))
	if _, stderr := text.Output(); err != nil || exit.Code == 0 || !strings.Contains(stderr, "exec format error") {
		t.Errorf("a program that is none: %v, %v, %s", exit, err, stderr)
	}
}

func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	needRunc(t)
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	img := imagetest.Image(t, v1.Config{Entrypoint: []string{"/app/program", "print=alive"}, Volumes: map[string]struct{}{"/tmp": {}}},
		imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{
			"app/program":                          {Body: imagetest.Program(t), Mode: 0o755},
			"way":                                  {Type: '2', Link: filepath.Dir(outside)},
			"../../../../../../../../.." + outside: {Body: "by name"},
		}), ""),
		imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{"way/outside": {Body: "through a link"}}), ""))
	c := start(t, img, container.Options{Dir: dir})
	if _, err := c.Wait(within(t, time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(outside); err == nil {
		t.Error("a layer wrote outside the container's root")
	}
}

// The process that TestKilledParent kills is this test binary again.
const parentDir = "SLIPWAY_TEST_PARENT_DIR"

func TestKilledParent(t *testing.T) {
	needRunc(t)
	if dir := os.Getenv(parentDir); dir != "" {
		beParent(t, imagetest.Program(t), dir)
		return
	}
	dir := t.TempDir()
	marker := "marker-" + filepath.Base(dir) + "-parent"
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.CommandContext(t.Context(), exe, "-test.run=^TestKilledParent$")
	parent.Env = append(os.Environ(), parentDir+"="+dir, "MARKER="+marker, "TMPDIR="+t.TempDir()) // a killed test leaves its own
	killParent(t, parent, marker)
	left, err := filepath.Glob(filepath.Join(dir, "slipway-*"))
	if err != nil || len(left) != 1 {
		t.Fatalf("bundles after the kill: %v, %v; want one, to be swept", left, err)
	}

	next := start(t, image(t, imagetest.Program(t), "print=next"), container.Options{Dir: dir}) // its clean-up demands an empty directory
	if _, err := next.Wait(within(t, time.Minute)); err != nil {
		t.Error(err)
	}
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		if groups, _ := filepath.Glob(pattern + filepath.Base(left[0])); len(groups) > 0 {
			t.Errorf("control groups of the killed container are left: %v", groups)
		}
	}
}

// beParent runs a container until it is killed.
func beParent(t *testing.T, program, dir string) {
	t.Helper()
	c, err := container.Start(t.Context(), image(t, program, "child="+os.Getenv("MARKER"), "ignore-term", "wait"), container.Options{Dir: dir, Stdout: os.Stdout})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Wait(t.Context())
	t.Errorf("the container ended by itself: %v", err)
}

// killParent starts a process that calls beParent, kills it as soon as its
// container runs, and sees that the container ends with it.
func killParent(t *testing.T, parent *exec.Cmd, marker string) {
	t.Helper()
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() != "child of "+marker {
		t.Log(lines.Text())
	}
	if len(processes(t, marker)) == 0 {
		t.Fatal("the container is not running before the kill")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed
	gone(t, marker)
}

func printed(t *testing.T, c *container.Container, marker string) {
	t.Helper()
	ctx := within(t, time.Minute)
	for {
		if stdout, _ := c.Output(); strings.Contains(stdout, marker) {
			return
		}
		select {
		case <-ctx.Done():
			_, stderr := c.Output()
			t.Fatalf("the program did not print %s: %s", marker, stderr)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// gone waits until no process has the marker among its arguments.
func gone(t *testing.T, marker string) {
	t.Helper()
	ctx := within(t, 10*time.Second)
	for {
		left := processes(t, marker)
		if len(left) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("still running: %v", left)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// processes lists the programs of the container with the marker.
func processes(t *testing.T, marker string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range all {
		raw, err := os.ReadFile(name)
		if err == nil && bytes.HasPrefix(raw, []byte("/app/program\x00")) && bytes.Contains(raw, []byte(marker)) {
			found = append(found, name)
		}
	}
	return found
}

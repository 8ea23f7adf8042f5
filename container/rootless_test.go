package container_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/container"
	"github.com/slipway-ci/slipway/container/imagetest"
)

// A person without root is played by user 65534 ("nobody") of this machine,
// who gets subordinate ids in a mount namespace that only the test sees.
const (
	rootlessDir     = "SLIPWAY_TEST_ROOTLESS_DIR"
	rootlessProgram = "SLIPWAY_TEST_ROOTLESS_PROGRAM"
	becomeNobody    = `mount --bind "$1/subids" /etc/subuid && mount --bind "$1/subids" /etc/subgid &&
		exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$2" -test.v -test.run="^$3\$"`
)

func TestWithoutRoot(t *testing.T) {
	if os.Getenv(rootlessDir) != "" {
		withoutRoot(t)
		return
	}
	cmd := asNobody(t)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v", err)
	}
}

// asNobody prepares to run this very test as a person without root.
func asNobody(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	needRunc(t)
	for _, name := range []string{"newuidmap", "newgidmap", "nsenter", "ip", "setpriv", "unshare"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
				t.Fatal(err)
			}
			t.Skipf("NOT TESTED: running without root needs %s (packages uidmap, util-linux, iproute2)", name)
		}
	}
	dir, err := os.MkdirTemp("", "rootless") //nolint:usetesting // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"subids": []byte("nobody:100000:65536\n"), "test": binary, "program": []byte(imagetest.Program(t))} {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-c", becomeNobody, "sh", dir, filepath.Join(dir, "test"), t.Name())
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir,
		rootlessDir + "=" + filepath.Join(dir, "containers"), rootlessProgram + "=" + filepath.Join(dir, "program"),
	}, env...)
	return cmd
}

func TestKilledParentWithoutRoot(t *testing.T) {
	if dir := os.Getenv(rootlessDir); dir != "" {
		raw, err := os.ReadFile(os.Getenv(rootlessProgram))
		if err != nil {
			t.Fatal(err)
		}
		beParent(t, string(raw), dir)
		return
	}
	marker := "marker-" + filepath.Base(t.TempDir()) + "-rootless"
	killParent(t, asNobody(t, "MARKER="+marker), marker)
}

// withoutRoot runs as nobody.
func withoutRoot(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile(os.Getenv(rootlessProgram))
	if err != nil {
		t.Fatal(err)
	}
	opt := container.Options{Dir: os.Getenv(rootlessDir), User: "12345:12345", Env: map[string]string{"PORT": "9321"}}

	short := start(t, image(t, string(raw), "ids", "links", "write=/tmp/x", "write=/app/x"), opt)
	exit, err := short.Wait(within(t, time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr := short.Output()
	if exit.Code != 1 || stdout != "uid=12345 gid=12345\nlink lo\n" || !strings.Contains(stderr, "read-only file system") {
		t.Errorf("got exit %d, %q, %q", exit.Code, stdout, stderr)
	}
	if err := short.Close(); err != nil { // removes what 12345 wrote
		t.Error(err)
	}

	web := start(t, image(t, string(raw), "serve"), opt)
	answers(t, web, 9321)
	address, err := web.Publish(t.Context(), 9321)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get("http://" + address + "/healthz") //nolint:noctx // a test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("published: %s", resp.Status)
	}
}

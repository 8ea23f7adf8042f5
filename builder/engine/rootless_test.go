package engine_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// The variable that tells the test binary that it runs as the plain user.
const plainUserDir = "ENGINE_TEST_PLAIN_USER_DIR"

// TestRootless runs TestAsPlainUser as a user that it makes and removes again.
func TestRootless(t *testing.T) {
	needRoot(t)
	t.Parallel()
	name := "slipway-" + strconv.Itoa(os.Getpid())
	run(t, "useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", name)
	t.Cleanup(func() { run(t, "userdel", name) })
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, gid := number(t, u.Uid), number(t, u.Gid)
	dir, err := os.MkdirTemp("", "slipway-plain")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "engine.test")
	run(t, "cp", self, binary)
	run(t, "cp", buildkitd(t), filepath.Join(dir, "buildkitd"))
	run(t, "chown", "-R", fmt.Sprintf("%d:%d", uid, gid), dir)
	command := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run=^TestAsPlainUser$")
	command.Dir = dir
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir, "HOME=" + dir, plainUserDir + "=" + dir,
		"SLIPWAY_BUILDKITD=" + filepath.Join(dir, "buildkitd"), "SLIPWAY_TEST_REQUIRED=1",
	}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Fatalf("as a plain user: %v", err)
	}
}

func TestAsPlainUser(t *testing.T) {
	if os.Getenv(plainUserDir) == "" {
		t.Skip("TestRootless runs this")
	}
	c := config(t)
	c.Rootless = true
	start(t, c)
}

func number(t *testing.T, s string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

// run runs a program that has to succeed.
func run(t *testing.T, name string, arguments ...string) {
	t.Helper()
	if output, err := exec.Command(name, arguments...).CombinedOutput(); err != nil { //nolint:noctx // also runs in cleanups, ends at once
		t.Fatalf("%s %v: %v\n%s", name, arguments, err, output)
	}
}

package engine_test

import (
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

// TestRootless runs itself again as a user that it makes and removes again, on
// a host of stand-ins.
func TestRootless(t *testing.T) {
	if dir := os.Getenv(plainUserDir); dir != "" {
		asPlainUser(t, dir)
		return
	}
	if !insideWorld(t) {
		return
	}
	if _, err := exec.LookPath("newuidmap"); err != nil {
		need(t, "newuidmap (Debian package uidmap)")
	}
	certificate := makeWorld(t)
	name := "slipway-" + strconv.Itoa(os.Getpid())
	run(t, "useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", name)
	t.Cleanup(func() { run(t, "userdel", name) })
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := plainDirectory(t, certificate, u.Uid+":"+u.Gid)
	command := exec.CommandContext(t.Context(), filepath.Join(dir, "engine.test"), "-test.v", "-test.run=^TestRootless$")
	command.Dir = dir
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir, "HOME=" + dir, plainUserDir + "=" + dir,
		"SLIPWAY_BUILDKITD=" + filepath.Join(dir, "buildkitd"), "SLIPWAY_TEST_REQUIRED=1", "ENGINE_TEST_PROBE=" + filepath.Join(dir, "step"),
	}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: number(t, u.Uid), Gid: number(t, u.Gid)}}
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Fatalf("as a plain user: %v", err)
	}
}

// plainDirectory holds all that the plain user needs.
func plainDirectory(t *testing.T, certificate []byte, owner string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "slipway-plain") //nolint:usetesting // TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "step"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]string{
		"engine.test": self, "buildkitd": buildkitd(t), "step/probe": filepath.Join(probe(t), "probe"),
	} {
		run(t, "cp", source, filepath.Join(dir, name))
	}
	run(t, "chown", "-R", owner, dir)
	return dir
}

func asPlainUser(t *testing.T, dir string) {
	t.Helper()
	certificate, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	c := config(t)
	c.Registry, c.Settings.CA = locked(), certificate
	e := start(t, c)
	attackSealed(t, e)
	t.Run("kills", func(t *testing.T) {
		for _, victim := range []string{"daemon", "init", "closed"} {
			t.Run(victim, func(t *testing.T) {
				killInside(t, victim, probe(t))
			})
		}
	})
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

package engine_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/engine"
)

const withoutPrivilege = "ENGINE_TEST_WITHOUT_PRIVILEGE"

// TestFailsClosed starts an engine as a root that may not make namespaces: it
// has to refuse, not to run on the host's network.
func TestFailsClosed(t *testing.T) {
	if os.Getenv(withoutPrivilege) == "" {
		needRoot(t)
		if _, err := exec.LookPath("setpriv"); err != nil {
			need(t, "setpriv (Debian package util-linux)")
		}
		command := exec.CommandContext(t.Context(), "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin",
			"/proc/self/exe", "-test.v", "-test.run=^TestFailsClosed$")
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		command.Args[3] = self
		command.Env = append(os.Environ(), withoutPrivilege+"=1")
		output, err := command.CombinedOutput()
		t.Logf("%s", output)
		if err != nil {
			t.Error(err)
		}
		return
	}
	c := config(t)
	_, err := engine.Start(t.Context(), c)
	told, ok := errors.AsType[*slipway.Error](err)
	if !ok || told.Code != slipway.CodeUnavailable || !strings.Contains(told.Hint, "--allow-host-network") {
		t.Errorf("Start = %v, want a refusal that names --allow-host-network", err)
	}
	if left := processes(t, c.Dir); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if left := cgroups(t, c.Dir); len(left) > 0 {
		t.Errorf("control groups are left: %v", left)
	}
}

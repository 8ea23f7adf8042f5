// Package plugin_test runs the plugin's own tests, which are Java. That it
// works in a controller is tested in e2e/hudson.
package plugin_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestPlugin(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it needs Java and Maven; `go test` without -short runs it")
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", "make", "plugin.sh"), "test").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

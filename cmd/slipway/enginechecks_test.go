package main

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/doctor"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	targets := []string{"127.0.0.1:1", "192.0.2.7:1"}
	tests := map[string]struct {
		out    string
		status doctor.Status
		says   string
	}{
		"sealed":              {"packages", doctor.StatusOK, "none of 2 addresses"},
		"open":                {"open 192.0.2.7:1\npackages", doctor.StatusFail, "192.0.2.7:1"},
		"open by the proxy":   {"open 127.0.0.1:1 (through the proxy)\npackages", doctor.StatusFail, "through the proxy"},
		"no package registry": {"", doctor.StatusWarn, "module proxy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f := judge(tt.out, targets); f.Status != tt.status || !strings.Contains(f.Found, tt.says) {
				t.Errorf("judge(%q) = %+v, want %s saying %q", tt.out, f, tt.status, tt.says)
			}
		})
	}
}

// The script must find what is open, or the doctor's answer means nothing.
func TestProbeScript_FindsWhatIsOpen(t *testing.T) {
	t.Parallel()
	targets, stop, err := listenEverywhere(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	script, _, _ := strings.Cut(probeScript(targets), "cd /tmp") // without the package registry
	out, err := exec.CommandContext(t.Context(), "bash", "-c", script+"true").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, target := range targets {
		if !strings.Contains(string(out), "open "+target) {
			t.Errorf("%s is open and was not found: %s", target, out)
		}
	}
	if judge(string(out), targets).Status != doctor.StatusFail {
		t.Error("the doctor does not mind")
	}
	resp, err := http.Get("http://" + targets[0]) //nolint:noctx // a server of this test
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); !strings.Contains(string(b), probeAnswer) {
		t.Errorf("the server says %q", b)
	}
}

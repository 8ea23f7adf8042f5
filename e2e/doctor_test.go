//go:build e2e

package e2e_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/doctor"
)

// TestDoctor has a build step try every address of this machine. The same
// step on the machine's own network is the control: there it gets through.
func TestDoctor(t *testing.T) {
	t.Parallel()
	w := newPlainWorld(t)
	steps := func(o outcome) doctor.Finding {
		findings := decode[[]doctor.Finding](t, firstValue(o.stdout))
		at := slices.IndexFunc(findings, func(f doctor.Finding) bool { return f.Check == "build steps" })
		if at < 0 {
			t.Fatalf("nothing about build steps in %s%s", o.stdout, o.stderr)
		}
		return findings[at]
	}
	var sealed outcome
	err := persist(t.Context(), func() error {
		sealed = w.run(t, "doctor", "--output", "json")
		if f := steps(sealed); f.Status == doctor.StatusWarn { // the registry of this machine has hiccups
			return errors.New(f.Found)
		}
		return nil
	})
	if f := steps(sealed); err != nil || f.Status != doctor.StatusOK || sealed.code != 0 {
		t.Errorf("sealed: exit code %d, %+v", sealed.code, f)
	}
	open := w.run(t, "doctor", "--output", "json", "--allow-host-network")
	f := steps(open)
	t.Logf("with the host's network: %s", f.Found)
	if f.Status != doctor.StatusFail || open.code != 1 || !strings.Contains(f.Found, "127.0.0.1:") {
		t.Errorf("with the host's network: exit code %d, %+v", open.code, f)
	}
	nothingLeft(t, w)
}

// firstValue cuts off the error that follows the findings.
func firstValue(text string) string {
	list, _, _ := strings.Cut(text, "\n]\n")
	return list + "\n]"
}

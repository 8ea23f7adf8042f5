//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/slipway-ci/slipway/e2e/hudson"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

// insideHudson is the argument that makes this program the first process of a
// Hudson's namespaces.
const insideHudson = "hudson-inside"

// newHudson starts a Hudson for the time of the test, which reaches what is
// named.
func newHudson(t *testing.T, reach map[int]string) *hudson.Server {
	t.Helper()
	jars, err := hudson.Jars(t.Context(), "..")
	if err != nil {
		missing(t, err.Error())
	}
	s, err := hudson.Start(t.Context(), hudson.Config{
		Jars: jars, Dir: newDataDir(t), Reach: reach, Self: []string{"/proc/self/exe", insideHudson},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestJenkinsSuiteHudson puts the client through what a real controller does.
func TestJenkinsSuiteHudson(t *testing.T) {
	t.Parallel()
	s := newHudson(t, nil)
	jenkinstest.Suite(t, jenkinstest.Target{URL: s.URL(), User: hudson.User, Token: hudson.Token, HasExternal: true, IsHudson: true})
}

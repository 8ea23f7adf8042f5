package jenkins_test

import (
	"os"
	"testing"

	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

// The fake goes through what real controllers go through, in each way in which
// it can be reached.
func TestSuite(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]jenkinstest.Options{
		"open":            {},
		"token":           {User: "slipway", Token: "11aa", Prefix: "/jenkins"},
		"another root":    {User: "slipway", Token: "11aa", Root: "https://ci.example/tools/jenkins"},
		"hudson's manner": {Hudson: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Shell = true
			s := jenkinstest.New(t, o)
			jenkinstest.Suite(t, jenkinstest.Target{
				URL: s.URL, User: o.User, Token: o.Token, Root: o.Root, Open: o.User == "",
				HasQueue: !o.Hudson, HasFolders: !o.Hudson, IsHudson: o.Hudson, HasExternal: true,
			})
		})
	}
}

// The one test that does nothing unless asked: it is for those who have a
// controller. docs/jenkins.md has the command.
func TestSuite_RealController(t *testing.T) {
	url, user, token := os.Getenv("JENKINS_URL"), os.Getenv("JENKINS_USER"), os.Getenv("JENKINS_TOKEN")
	if url == "" {
		t.Skip("no controller was given: set JENKINS_URL, JENKINS_USER and JENKINS_TOKEN to put one through the suite")
	}
	jenkinstest.Suite(t, jenkinstest.Target{
		URL: url, User: user, Token: token, Root: os.Getenv("JENKINS_ROOT"),
		HasQueue: true, HasFolders: true, HasExternal: os.Getenv("JENKINS_EXTERNAL") != "",
	})
}

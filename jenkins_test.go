package slipway_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestController_Serves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		root, link string
		want       bool
	}{
		{"https://ci.example/jenkins", "https://ci.example/jenkins/webhook-step/1", true},
		{"https://ci.example/jenkins/", "https://CI.example:443/jenkins/webhook-step/1?a=b", true},
		{"http://ci.example:8080", "http://ci.example:8080/webhook-step/1", true},
		{"https://ci.example/jenkins", "https://ci.example/jenkinses/1", false},
		{"https://ci.example/jenkins", "https://ci.example/jenkins", false},
		{"https://ci.example/jenkins", "https://ci.example/jenkins/../admin", false},
		{"https://ci.example/jenkins", "https://ci.example/jenkins/%2e%2e/admin", false},
		{"https://ci.example/jenkins", "http://ci.example/jenkins/1", false},
		{"https://ci.example/jenkins", "https://ci.example:8443/jenkins/1", false},
		{"https://ci.example/jenkins", "https://ci.example@evil.example/jenkins/1", false},
		{"https://ci.example/jenkins", "https://ci.example.evil.example/jenkins/1", false},
		{"https://ci.example/jenkins", "https://u:p@ci.example/jenkins/1", false},
		{"https://ci.example/jenkins", "file:///jenkins/1", false},
		{"https://ci.example/jenkins", "https://ci.example/jenkins/%", false},
		{"", "https://ci.example/", false},
	} {
		if got := (slipway.Controller{URL: c.root}).Serves(c.link); got != c.want {
			t.Errorf("%s is of %q: %t, want %t", c.link, c.root, got, c.want)
		}
	}
}

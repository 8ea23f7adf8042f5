package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// seen remembers what was tried.
type seen struct {
	controller slipway.Controller
	keys       slipway.ControllerKeys
	downstream map[string]string
}

func (s *seen) Look(_ context.Context, c slipway.Controller, k slipway.ControllerKeys, downstream map[string]string) []rest.Finding {
	s.controller, s.keys, s.downstream = c, k, downstream
	return []rest.Finding{{Check: "jenkins", Status: rest.FindingOK, Found: "it answers"}}
}

func TestJenkins_ATeamSetsItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tried := &seen{}
	w.config.Jenkinses = tried
	w.serve(t)
	const at = "/api/v1/teams/shop/jenkins"
	var c slipway.Controller
	w.want(t, 200, &c, "maintainer", http.MethodPut, at, `{"url":"https://jenkins.example/new/","user":"bot","token":"hunter2","reports":"external","folder":"ci/slipway"}`)
	if c.URL != "https://jenkins.example/new" || c.Team != "shop" || c.Reports != slipway.ReportsExternal {
		t.Errorf("the controller is %+v", c)
	}
	for _, body := range []string{
		`{"url":"https://jenkins.example/new","user":"bot","token":"x","reports":"sometimes"}`, `{"url":"ftp://jenkins.example","user":"bot","token":"x"}`,
		`{"url":"https://u:p@jenkins.example","user":"bot","token":"x"}`, `{"url":"https://jenkins.example/new","token":"x"}`,
		`{"url":"https://jenkins.example/new","user":"bot","token":"x","folder":"../x"}`, `{"url":"https://jenkins.example/new","user":"bot","token":"x","ca":"none"}`,
		`{"url":"https://evil.example","user":"bot"}`, // the token that is there goes nowhere else
		`{"url":"https://jenkins.example/new","user":"eve"}`, ``,
		`{"url":"http://169.254.169.254/new","user":"bot","token":"x"}`, `{"url":"http://[fe80::1%25eth0]:8080","user":"bot","token":"x"}`,
	} {
		w.want(t, 400, nil, "maintainer", http.MethodPut, at, body)
	}
	w.want(t, 200, nil, "maintainer", http.MethodPut, at, `{"url":"https://jenkins.example/new","user":"bot"}`)
	shown := w.ask(t, "viewer", http.MethodGet, at, "")
	if strings.Contains(string(shown.body), "hunter2") {
		t.Errorf("the token is shown: %s", shown.body)
	}
	w.want(t, 200, nil, "maintainer", http.MethodPut, "/api/v1/teams/shop/services/cart/downstream", `{"job":"deploy/cart"}`)
	w.want(t, 400, nil, "maintainer", http.MethodPut, "/api/v1/teams/shop/services/cart/downstream", `{"job":"deploy//cart"}`)
	var after rest.Downstream
	w.want(t, 200, &after, "viewer", http.MethodGet, "/api/v1/teams/shop/services/cart/downstream", "")
	var check rest.ControllerCheck
	w.want(t, 200, &check, "maintainer", http.MethodPost, at+"/check", "")
	if after.Job != "deploy/cart" || tried.controller.URL != "https://jenkins.example/new" || tried.keys.Token != "hunter2" || len(check.Findings) != 1 {
		t.Errorf("%+v is set, %+v tried, %+v found", after, tried, check)
	}
	if diff := cmp.Diff(map[string]string{"shop/cart": "deploy/cart"}, tried.downstream); diff != "" {
		t.Errorf("the downstream jobs that are tried (-want +got):\n%s", diff)
	}
	w.want(t, 204, nil, "maintainer", http.MethodDelete, at, "")
	w.want(t, 404, nil, "maintainer", http.MethodDelete, at, "") // the platform's is not theirs to remove
	var view rest.ControllerView
	w.want(t, 200, &view, "viewer", http.MethodGet, at, "")
	if view.Team != "" || view.URL != "https://jenkins.example/ci" {
		t.Errorf("without its own the team has %+v, want the platform's", view)
	}
	var all rest.List[slipway.Controller]
	w.want(t, 200, &all, "operator", http.MethodGet, "/api/v1/jenkins/controllers", "")
	if len(all.Items) != 1 {
		t.Errorf("there are %+v", all.Items)
	}
}

// TestJenkins_WhatComesAfterIsCancelled: cancelling a build that has ended
// stops what Jenkins does after it.
func TestJenkins_WhatComesAfterIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	cancel := fmt.Sprintf("/api/v1/builds/%d/cancel", w.build)
	w.ends(t, w.attempt(t), 0, slipway.BuildSucceeded)
	w.want(t, 409, nil, "developer", http.MethodPost, cancel, "")
	run := slipway.JenkinsRun{Build: w.build, Kind: slipway.RunDownstream, Controller: 1, Job: "deploy/cart", State: slipway.RunRuns, URL: "https://jenkins.example/7/", Changed: noon}
	must(t, w.record.SaveJenkinsRun(t.Context(), run))
	w.want(t, 200, nil, "developer", http.MethodPost, cancel, "")
	run.Stop = true
	var runs rest.List[slipway.JenkinsRun]
	w.want(t, 200, &runs, "viewer", http.MethodGet, fmt.Sprintf("/api/v1/builds/%d/jenkins", w.build), "")
	if diff := cmp.Diff([]slipway.JenkinsRun{run}, runs.Items); diff != "" {
		t.Errorf("the runs (-want +got):\n%s", diff)
	}
}

package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

const askCart = "/api/v1/teams/shop/services/cart/builds"

func TestAsking_TwiceByOneNameIsOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	var first, second, other, unnamed rest.Started
	w.want(t, 202, &first, "developer", http.MethodPost, askCart, `{"ref":"main","once":"jenkins-cart-7","from":"https://jenkins.example/ci/job/cart/7/"}`)
	w.want(t, 202, &second, "developer", http.MethodPost, askCart, `{"ref":"main","once":"jenkins-cart-7","from":"https://jenkins.example/ci/job/cart/7/"}`)
	w.want(t, 202, &other, "developer", http.MethodPost, askCart, `{"ref":"main","once":"jenkins-cart-8"}`)
	w.want(t, 202, &unnamed, "developer", http.MethodPost, askCart, `{"ref":"main"}`)
	if first != second || first == other || first == unnamed || other == unnamed {
		t.Errorf("the events are %v, %v, %v and %v, want the first two to be one", first, second, other, unnamed)
	}
	var event rest.EventView
	w.want(t, 200, &event, "viewer", http.MethodGet, fmt.Sprintf("/api/v1/events/%d", first.Event), "")
	want := slipway.Event{
		Kind: slipway.EventJenkins, Repository: "shop/cart", Ref: "refs/heads/main", Actor: "https://jenkins.example/ci/job/cart/7/",
		Only: []string{"cart"}, Repeatable: true, Once: "jenkins-cart-7",
	}
	if diff := cmp.Diff(want, event.Event); diff != "" {
		t.Errorf("Jenkins makes another event (-want +got):\n%s", diff)
	}
}

// TestAsking_FindsItsBuild is how a program goes from what it asked for to
// what came of it.
func TestAsking_FindsItsBuild(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	var started rest.Started
	w.want(t, 202, &started, "developer", http.MethodPost, askCart, `{"ref":"main"}`)
	show := func(want rest.EventView) {
		t.Helper()
		var got rest.EventView
		w.want(t, 200, &got, "viewer", http.MethodGet, fmt.Sprintf("/api/v1/events/%d", started.Event), "")
		got.EventRecord = slipway.EventRecord{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of the event came (-want +got):\n%s", diff)
		}
	}
	show(rest.EventView{Builds: []rest.EventBuild{}, Unchanged: []rest.EventUnchanged{}})
	out, err := w.record.Expand(t.Context(), started.Event, slipway.Expansion{
		Commit: commit("c"), Services: []slipway.Found{{Name: "cart", Inputs: "c"}},
	}, slipway.ExpandPolicy{Default: "refs/heads/main"}, noon)
	must(t, err)
	show(rest.EventView{Builds: []rest.EventBuild{{ID: out.Builds[0], Service: w.service, State: slipway.BuildQueued}}, Unchanged: []rest.EventUnchanged{}})

	ids, err := w.record.Receive(t.Context(), slipway.Delivery{Connection: w.connection(t), ID: "same inputs", At: noon, Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: commit("d"),
	}}})
	must(t, err)
	_, err = w.record.Expand(t.Context(), ids[0], slipway.Expansion{Commit: commit("d"), Services: []slipway.Found{{Name: "cart", Inputs: "c"}}}, slipway.ExpandPolicy{Default: "refs/heads/main"}, noon)
	must(t, err)
	started.Event = ids[0]
	show(rest.EventView{Builds: []rest.EventBuild{}, Unchanged: []rest.EventUnchanged{{Service: w.service, Build: out.Builds[0]}}})
}

// TestAsking_NotifiesJenkinsAlone: a URL that is called by the server is a way
// into its network, unless it is below what a maintainer named.
func TestAsking_NotifiesJenkinsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	ask := func(status int, body string) {
		t.Helper()
		w.want(t, status, nil, "developer", http.MethodPost, askCart, body)
	}
	ask(202, `{"ref":"main","notify":"https://jenkins.example/ci/webhook-step/1"}`)
	ask(400, `{"ref":"main","notify":"https://jenkins.example/other"}`)
	ask(400, `{"ref":"main","notify":"http://169.254.169.254/latest"}`)
	ask(400, `{"ref":"main","notify":"https://jenkins.example/ci/`+strings.Repeat("x", 2000)+`"}`)
	ask(400, `{"ref":"main","from":"javascript:alert(1)"}`)
	ask(400, `{"ref":"main","once":"`+strings.Repeat("x", 201)+`"}`)
	ask(202, `{"ref":"main","once":"`+strings.Repeat("x", 200)+`"}`)
	w.want(t, 204, nil, "maintainer", http.MethodDelete, "/api/v1/teams/shop/jenkins", "")
	ask(202, `{"ref":"main","notify":"https://jenkins.example/ci/webhook-step/1"}`) // the platform's counts
	w.want(t, 204, nil, "operator", http.MethodDelete, "/api/v1/jenkins", "")
	ask(400, `{"ref":"main","notify":"https://jenkins.example/ci/webhook-step/1"}`)
}

package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
)

func TestReady_TriesEachPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Checks = []api.Check{
		{Name: "record", Try: w.record.Ping},
		{Name: "queue", Try: func(context.Context) error {
			return slipway.Errorf(slipway.CodeUnavailable, "the queue does not answer").Because(errors.New("nats: secret address"))
		}},
		{Name: "registry", Try: func(context.Context) error { return errors.New("a defect") }},
	}
	w.serve(t)
	var h rest.Health
	w.want(t, 200, &h, "", http.MethodGet, "/healthz", "")
	w.want(t, 503, &h, "", http.MethodGet, "/readyz", "")
	want := rest.Health{Status: "failed", Failed: map[string]string{"queue": "the queue does not answer", "registry": "something went wrong that should not"}}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("not ready (-want +got):\n%s", diff)
	}
}

func TestReady_WhenAllAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Checks = []api.Check{{Name: "record", Try: w.record.Ping}}
	w.serve(t)
	w.want(t, 200, nil, "", http.MethodGet, "/readyz", "")
	for _, path := range []string{"/readyz", "/healthz", "/login"} {
		w.want(t, 200, nil, "", http.MethodHead, path, "")
	}
}

func TestMetrics_NameRoutesAndNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	w.ask(t, "viewer", http.MethodGet, "/api/v1/builds/"+w.ids["build"], "")
	w.ask(t, "", "BREW", "/api/v1/teapot", "")
	w.hooked(t, w.ids["connection"], "push", "d1", "secret", pushOf("b"))
	text := string(w.ask(t, "", http.MethodGet, "/metrics", "").body)
	for _, want := range []string{
		`slipway_http_request_seconds_count{method="GET",route="/api/v1/builds/:build",status="200"} 1`,
		`slipway_http_request_seconds_count{method="other",route="none",status="404"} 1`,
		`slipway_deliveries_total{result="taken"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
}

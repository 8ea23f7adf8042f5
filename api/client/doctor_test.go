package client_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// What is not ready is told with 503, and is an answer all the same.
func TestClient_Ready(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"status":"failed","failed":{"queue":"no answer"}}`)
	})
	got, err := c.Ready(t.Context())
	if diff := cmp.Diff(rest.Health{Status: "failed", Failed: map[string]string{"queue": "no answer"}}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	_, err = serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }).Ready(t.Context())
	wants(t, err, slipway.CodeUnavailable, "when it is asked whether it is ready")
}

func TestClient_Version(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{"info":{"title":"Slipway","version":"1.2"}}`: "1.2", `{"info":{"title":"Petstore"}}`: ""} {
		got, err := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }).Version(t.Context())
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
}

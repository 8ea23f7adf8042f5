package api_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Requests are shown by their route's pattern: what a path names is nobody's
// to chart, and health would drown the rest.
func TestTrace_ShowsRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mu sync.Mutex
	var shown []string
	w.config.Trace = func(ctx context.Context, method, route string) (context.Context, func(int)) {
		return ctx, func(status int) {
			mu.Lock()
			defer mu.Unlock()
			shown = append(shown, method+" "+route+" "+http.StatusText(status))
		}
	}
	w.serve(t)
	w.want(t, 200, nil, "viewer", http.MethodGet, "/api/v1/builds/"+w.ids["build"], "")
	w.want(t, 404, nil, "viewer", http.MethodGet, "/api/v1/builds/999", "")
	w.want(t, 404, nil, "", http.MethodGet, "/nothing", "")
	w.want(t, 200, nil, "", http.MethodGet, "/healthz", "")
	want := []string{"GET /api/v1/builds/:build Not Found", "GET /api/v1/builds/:build OK", "GET none Not Found"}
	soon(t, "three requests are shown", func() bool { mu.Lock(); defer mu.Unlock(); return len(shown) == len(want) })
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(shown)
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

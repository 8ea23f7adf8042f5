package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
)

func serve(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := client.New(server.URL, "slw_x", nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wants(t *testing.T, err error, code slipway.Code, says string) {
	t.Helper()
	if slipway.ErrorCode(err) != code || !strings.Contains(fmt.Sprint(err), says) {
		t.Errorf("%v, want %s: %s", err, code, says)
	}
}

func TestNew_URL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "ci.example", "ftp://ci.example", "https://", "https://a:b@ci.example", "https://ci.example?x=1"} {
		_, err := client.New(url, "slw_x", nil)
		wants(t, err, slipway.CodeUsage, "is not the URL of a server")
	}
}

// TestClient_TokenStaysWithItsServer: whoever leads elsewhere gets nothing.
func TestClient_TokenStaysWithItsServer(t *testing.T) {
	t.Parallel()
	var stolen atomic.Bool
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen.Store(true) }))
	t.Cleanup(thief.Close)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+"/api/v1/me", http.StatusFound)
	})
	_, err := c.Me(t.Context())
	wants(t, err, slipway.CodeForbidden, "leads to another server")
	if stolen.Load() {
		t.Error("the other server was asked")
	}
}

func TestClient_Problems(t *testing.T) {
	t.Parallel()
	answer := func(status int, kind string, body any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			if err := json.NewEncoder(w).Encode(body); err != nil {
				t.Error(err)
			}
		}
	}
	problem := rest.Problem{Title: "build 3 has ended", Code: slipway.CodeConflict, Hint: "look", Details: []string{"x"}}
	_, err := serve(t, answer(409, "application/problem+json", problem)).Build(t.Context(), 3)
	wants(t, err, slipway.CodeConflict, "build 3 has ended")
	if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Hint != "look" || len(e.Details) != 1 {
		t.Errorf("the problem became %+v", e)
	}
	_, err = serve(t, answer(401, "application/problem+json", rest.Problem{Code: slipway.CodeForbidden})).Me(t.Context())
	wants(t, err, slipway.CodeForbidden, "does not accept the token")
	_, err = serve(t, answer(502, "text/html", "bad gateway")).Me(t.Context())
	wants(t, err, slipway.CodeUnavailable, "502 Bad Gateway")
	_, err = serve(t, answer(404, "text/html", "nothing")).Me(t.Context())
	wants(t, err, slipway.CodeUsage, "is no Slipway server")
	_, err = serve(t, answer(200, "application/json", "a text")).Me(t.Context())
	wants(t, err, slipway.CodeUnavailable, "cannot be read")
}

func TestClient_NobodyThere(t *testing.T) {
	t.Parallel()
	c, err := client.New("http://127.0.0.1:1", "slw_x", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Me(t.Context())
	wants(t, err, slipway.CodeUnavailable, "does not answer")
}

func TestClient_ReadsAllPages(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page := map[string]string{
			"": `{"items":[{"id":5},{"id":4}],"next":"a"}`, "a": `{"items":[{"id":3},{"id":2}],"next":"b"}`, "b": `{"items":[{"id":1}]}`,
		}[r.URL.Query().Get("cursor")]
		fmt.Fprint(w, page)
	})
	for most, want := range map[int][]int64{0: {5, 4, 3, 2, 1}, 4: {5, 4, 3, 2}} {
		builds, err := c.Builds(t.Context(), client.Filter{Most: most})
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, b := range builds {
			got = append(got, b.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of at most %d (-want +got):\n%s", most, diff)
		}
	}
}

// heard is a reader that remembers.
type heard struct {
	lines  []string
	states []slipway.BuildState
	lost   int
}

func (h *heard) Entry(e slipway.LogEntry) { h.lines = append(h.lines, e.Text) }
func (h *heard) State(b slipway.Build)    { h.states = append(h.states, b.State) }
func (h *heard) Lost(error)               { h.lost++ }

// TestFollow_OverBrokenConnections breaks the connection in the middle of an
// event, between two, and before the first: each line comes once.
func TestFollow_OverBrokenConnections(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		after := r.Header.Get("Last-Event-ID")
		say := func(text string) { fmt.Fprint(w, text) }
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusBadGateway)
		case 2:
			say(": \n\nevent: build\ndata: {\"state\":\"running\"}\n\nid: 1-1\nevent: log\ndata: {\"x\":\"one\"}\ndata: {\"x\":\"two\"}\n\nid: 1-2\nevent: log\ndata: {\"x\":\"thr")
		case 3:
			if after != "1-1" {
				t.Errorf("it goes on after %q, want 1-1", after)
			}
			say("id: 1-2\nevent: log\ndata: {\"x\":\"three\"}\n\n")
		default:
			if after != "1-2" {
				t.Errorf("it goes on after %q, want 1-2", after)
			}
			say("event: end\ndata: {\"id\":7,\"state\":\"failed\"}\n\n")
		}
	})
	var h heard
	b, err := c.Follow(t.Context(), 7, &h)
	if err != nil || b.ID != 7 || b.State != slipway.BuildFailed {
		t.Errorf("it ends as %+v, %v", b, err)
	}
	if diff := cmp.Diff([]string{"one", "two", "three"}, h.lines); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	if h.lost != 3 {
		t.Errorf("the connection was lost %d times, want 3", h.lost)
	}
}

func TestFollow_EndsWhereNothingWillChange(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"code":"not_found","title":"there is no build 7"}`)
	})
	_, err := c.Follow(t.Context(), 7, &heard{})
	wants(t, err, slipway.CodeNotFound, "there is no build 7")
}

// FuzzFollow reads whatever a server may send.
func FuzzFollow(f *testing.F) {
	f.Add("id: 1-1\nevent: log\ndata: {}\n\nevent: end\ndata: {}\n\n")
	f.Add("event: end\r\ndata\r\n\r\n:")
	f.Fuzz(func(t *testing.T, stream string) {
		var h heard
		if err := client.Read(strings.NewReader(stream), &h); err != nil && len(h.lines) > strings.Count(stream, "data") {
			t.Errorf("%q gives %q", stream, h.lines)
		}
	})
}

package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
)

func TestTable_IsWhatIsRegistered(t *testing.T) {
	t.Parallel()
	var want []string
	for _, row := range api.Table() {
		want = append(want, row.Method+" "+row.Path)
	}
	got := api.Registered(newWorld(t).config)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table and the engine differ (-table +engine):\n%s", diff)
	}
}

func TestTable_ChangesAreAudited(t *testing.T) {
	t.Parallel()
	for _, row := range api.Table() {
		if reads := row.Method == http.MethodGet; reads == row.Changes && !row.Open {
			t.Errorf("%s %s: changes something: %t", row.Method, row.Path, row.Changes)
		}
	}
}

// TestAccess_EveryRouteForEveryRole goes over the whole table: without a
// token, with one that does not count, with each role of the team that owns
// what is asked for, with each role of another, and with a worker's.
func TestAccess_EveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	for _, row := range api.Table() {
		if row.Open {
			continue
		}
		t.Run(row.Method+strings.ReplaceAll(row.Path, "/", " "), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).serve(t)
			for _, who := range []string{"", "expired", "nobody"} {
				w.refused(t, row, who, http.StatusUnauthorized)
			}
			if row.Role == slipway.RoleWorker {
				w.refused(t, row, "operator", http.StatusForbidden)
			} else {
				w.refused(t, row, "worker", http.StatusForbidden)
			}
			for _, role := range []slipway.TeamRole{slipway.RoleViewer, slipway.RoleDeveloper, slipway.RoleMaintainer} {
				if !role.Covers(row.Role) {
					w.refused(t, row, string(role), http.StatusForbidden)
				}
				if row.Team {
					w.hidden(t, row, "bank-"+string(role))
				}
			}
			w.let(t, row, least(row.Role))
			if row.Method != http.MethodDelete && slipway.RoleOperator.Covers(row.Role) && row.Role != slipway.RoleOperator {
				w.let(t, row, "operator")
			}
		})
	}
}

func least(role slipway.TeamRole) string { return string(role) }

func (w *world) refused(t *testing.T, row api.Row, who string, status int) {
	t.Helper()
	if row.Page && who == "" {
		status = http.StatusOK // it was led to the sign-in
	}
	if a := w.ask(t, who, row.Method, w.path(row.Path), ""); a.status != status {
		t.Errorf("%q is answered %d, want %d: %s", who, a.status, status, a.body)
	}
}

// hidden sees that another team's things are answered as what is not there.
func (w *world) hidden(t *testing.T, row api.Row, who string) {
	t.Helper()
	there := w.path(row.Path)
	nowhere := &world{ids: map[string]string{
		"team": "nowhere", "service": "nothing", "secret": "TOKEN", "worker": "w1", "connection": "999", "build": "999", "event": "999", "token": "999",
	}}
	got, want := w.ask(t, who, row.Method, there, ""), w.ask(t, who, row.Method, nowhere.path(row.Path), "")
	if got.status != http.StatusNotFound || want.status != http.StatusNotFound {
		t.Errorf("%s is answered %d for what is another team's and %d for what is not there, want 404: %s", who, got.status, want.status, got.body)
	}
	for name, value := range w.ids {
		want.body = bytes.ReplaceAll(want.body, []byte(`\"`+nowhere.ids[name]+`\"`), []byte(`\"`+value+`\"`))
	}
	if a, b := shape(got.body), shape(want.body); a != b {
		t.Errorf("%s is told %s of what is another team's, %s of what is not there", who, a, b)
	}
}

// shape is a problem without its request's id and the numbers in it.
func shape(body []byte) string {
	text := regexp.MustCompile(`"request":"[^"]*"`).ReplaceAllString(string(body), "")
	return regexp.MustCompile(`\\"[0-9]+\\"`).ReplaceAllString(text, "N")
}

// let sees that a role is let in; what it asks for may be refused for other
// reasons, since there is no body.
func (w *world) let(t *testing.T, row api.Row, who string) {
	t.Helper()
	if strings.HasSuffix(row.Path, "/stream") || row.Path == "/builds/:build" {
		return // it does not end; stream_test.go and pages_test.go read them
	}
	a := w.ask(t, who, row.Method, w.path(row.Path), "")
	if slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed}, a.status) || a.status >= 500 {
		t.Errorf("%s is answered %d: %s", who, a.status, a.body)
	}
	if a.status >= 400 {
		var p map[string]any
		if err := json.Unmarshal(a.body, &p); err != nil || p["code"] == "" || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s gets no problem: %s", who, a.body)
		}
	}
}

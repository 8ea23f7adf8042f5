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

func TestREST_RemovesAConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var stopped []slipway.Attempt
	w.config.Stop = func(a slipway.Attempt) { stopped = append(stopped, a) }
	w.serve(t)
	path := "/api/v1/connections/" + w.ids["connection"]
	if a := w.ask(t, "maintainer", http.MethodDelete, path, ""); a.status != 409 || !strings.Contains(string(a.body), `"details":["service shop/cart"]`) {
		t.Errorf("one with a service: %d %s", a.status, a.body)
	}
	w.want(t, 400, nil, "maintainer", http.MethodDelete, path+"?force=perhaps", "")
	_, err := w.record.Claim(t.Context(), w.build, "w1", noon, noon)
	must(t, err)
	var gone slipway.Removed
	w.want(t, 200, &gone, "maintainer", http.MethodDelete, path+"?force=true", "")
	want := slipway.Removed{Connections: []int64{w.connection(t)}, Services: []slipway.ServiceName{w.service}, Builds: []int64{w.build}}
	if d := cmp.Diff(want, gone); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]slipway.Attempt{{Build: w.build, Number: 1, Worker: "w1"}}, stopped); d != "" {
		t.Errorf("the worker is told (-want +got):\n%s", d)
	}
	for _, nothing := range []string{path, "/api/v1/teams/shop/services/cart", "/api/v1/events/" + w.ids["event"]} {
		w.want(t, 404, nil, "maintainer", http.MethodGet, nothing, "")
	}
	w.want(t, 404, nil, "maintainer", http.MethodDelete, path, "")
	w.want(t, 404, nil, "maintainer", http.MethodPatch, path, `{"api":"https://api.example"}`)
	var b slipway.Build
	w.want(t, 200, &b, "viewer", http.MethodGet, "/api/v1/builds/"+w.ids["build"], "")
	if b.State != slipway.BuildCancelled || b.Reason != "connection 1 was removed by shop's maintainer" {
		t.Errorf("its build is %+v", b)
	}
	for who, status := range map[string]int{"viewer": 200, "bank-viewer": 404} { // the page of the build leads there
		w.want(t, status, nil, who, http.MethodGet, fmt.Sprintf("/api/v1/events/%d", b.Event), "")
		w.want(t, status, nil, who, http.MethodGet, fmt.Sprintf("/events/%d", b.Event), "")
	}
	w.want(t, 409, nil, "developer", http.MethodPost, "/api/v1/builds/"+w.ids["build"]+"/retry", "")
}

func TestREST_RemovesATeam(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	if a := w.ask(t, "operator", http.MethodDelete, "/api/v1/teams/shop", ""); a.status != 409 || !strings.Contains(string(a.body), `connection 1 to https://forge.example/shop/cart.git`) {
		t.Errorf("one with a connection: %d %s", a.status, a.body)
	}
	w.want(t, 403, nil, "maintainer", http.MethodDelete, "/api/v1/teams/shop?force=true", "")
	var gone slipway.Removed
	w.want(t, 200, &gone, "operator", http.MethodDelete, "/api/v1/teams/shop?force=true", "")
	if gone.Tokens != 4 || len(gone.Services) != 1 || !slipway.ValidLabel(gone.Name) {
		t.Errorf("%+v", gone)
	}
	w.want(t, 401, nil, "maintainer", http.MethodGet, "/api/v1/me", "")
	w.want(t, 404, nil, "operator", http.MethodGet, "/api/v1/teams/shop/tokens", "")

	// Another team of that name sees nothing of it; operators do.
	w.want(t, 201, nil, "operator", http.MethodPost, "/api/v1/teams", `{"name":"shop"}`)
	w.token(t, "new", slipway.Token{Name: "new", Team: "shop", Role: slipway.RoleMaintainer})
	w.want(t, 404, nil, "new", http.MethodGet, "/api/v1/builds/"+w.ids["build"], "")
	var audit rest.List[slipway.AuditEntry]
	w.want(t, 200, &audit, "new", http.MethodGet, "/api/v1/teams/shop/audit", "")
	if len(audit.Items) != 1 || audit.Items[0].Did != "team.add" {
		t.Errorf("the new team's audit log is %+v", audit.Items)
	}
	w.want(t, 200, &audit, "operator", http.MethodGet, "/api/v1/audit", "")
	if e := audit.Items[1]; e.Did != "team.remove" || e.Target != "shop" || e.Team != gone.Name {
		t.Errorf("%+v", audit.Items)
	}
	late := "/api/v1/teams/" + gone.Name
	w.want(t, 200, &audit, "operator", http.MethodGet, late+"/audit", "")
	if len(audit.Items) == 0 || audit.Items[0].Did != "team.remove" {
		t.Errorf("the audit log of the team that was removed is %+v", audit.Items)
	}
	w.want(t, 404, nil, "new", http.MethodGet, late+"/audit", "")
	w.want(t, 404, nil, "operator", http.MethodGet, late+"/tokens", "")
	w.want(t, 404, nil, "operator", http.MethodGet, "/api/v1/teams/nobody-removed-7/audit", "")
	var b slipway.Build
	w.want(t, 200, &b, "operator", http.MethodGet, "/api/v1/builds/"+w.ids["build"], "")
	if b.Service.Team != gone.Name || b.State != slipway.BuildCancelled {
		t.Errorf("%+v", b)
	}
}

func TestREST_Policy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Rules = []string{"size", "user"}
	w.serve(t)
	const path = "/api/v1/teams/shop/policy"
	for body, status := range map[string]int{
		``: 400, `{"rules":{}}`: 400, `{"rules":{"start-up":"fail"}}`: 400, `{"rules":{"size":"explode"}}`: 400, `{"rules":{"size":""}}`: 400, `{"rule":"size"}`: 400,
	} {
		w.want(t, status, nil, "maintainer", http.MethodPatch, path, body)
	}
	var p rest.Policy
	w.want(t, 200, &p, "viewer", http.MethodGet, path, "")
	if d := cmp.Diff(rest.Policy{Rules: slipway.Policy{}}, p); d != "" {
		t.Error(d)
	}
	w.want(t, 200, &p, "maintainer", http.MethodPatch, path, `{"rules":{"size":"fail","user":"warn"}}`)
	if d := cmp.Diff(rest.Policy{Rules: slipway.Policy{"size": "fail", "user": "warn"}}, p); d != "" {
		t.Error(d)
	}
	p = rest.Policy{}
	w.want(t, 200, &p, "maintainer", http.MethodPatch, path, `{"rules":{"size":"default"}}`)
	if d := cmp.Diff(rest.Policy{Rules: slipway.Policy{"user": "warn"}}, p); d != "" {
		t.Error(d)
	}
	var audit rest.List[slipway.AuditEntry]
	w.want(t, 200, &audit, "maintainer", http.MethodGet, "/api/v1/teams/shop/audit", "")
	if e := audit.Items[1]; e.Did != "team.policy" || e.Target != "shop size=fail user=warn" {
		t.Errorf("%+v", e)
	}
}

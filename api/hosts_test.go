package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
)

func TestHosts_AMaintainerNamesThoseThatAnOperatorAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var err error
	if w.config.Hosts, err = api.NewHosts([]string{"git.example", "*.corp.example", "10.1.0.0/16"}); err != nil {
		t.Fatal(err)
	}
	w.serve(t)
	const at = "/api/v1/teams/shop/connections"
	connect := func(url, api string) string {
		return fmt.Sprintf(`{"forge":"gitlab","url":%q,"api":%q}`, url, api)
	}
	for _, allowed := range []string{"https://GIT.example./shop/a.git", "git@forge.corp.example:shop/b.git", "ssh://git@10.1.2.3:2222/shop/c.git"} {
		w.want(t, 201, nil, "maintainer", http.MethodPost, at, connect(allowed, ""))
	}
	for _, refused := range []string{"https://127.0.0.1:9000/x.git", "https://corp.example/x.git", "git@git.example.evil.example:x.git", "https://10.2.0.1/x.git", "https://[::1]/x.git"} {
		answer := w.ask(t, "maintainer", http.MethodPost, at, connect(refused, ""))
		if answer.status != 403 || !strings.Contains(string(answer.body), "none of the hosts") {
			t.Errorf("%s: %d %s", refused, answer.status, answer.body)
		}
	}
	w.want(t, 403, nil, "maintainer", http.MethodPost, at, connect("https://git.example/x.git", "https://localhost/api"))
	var made rest.ConnectionView
	w.want(t, 201, &made, "operator", http.MethodPost, at, connect("https://127.0.0.1:9000/y.git", "https://127.0.0.1:9000"))
	one := fmt.Sprintf("/api/v1/connections/%d", made.ID)
	w.want(t, 200, nil, "maintainer", http.MethodPatch, one, `{"forks":"refuse","api":"https://127.0.0.1:9000"}`)
	w.want(t, 403, nil, "maintainer", http.MethodPatch, one, `{"api":"https://127.0.0.1:9001"}`)

	const jenkins = "/api/v1/teams/shop/jenkins"
	w.want(t, 403, nil, "maintainer", http.MethodPut, jenkins, `{"url":"http://127.0.0.1:8081","user":"bot","token":"x"}`)
	w.want(t, 200, nil, "operator", http.MethodPut, jenkins, `{"url":"http://127.0.0.1:8081","user":"bot","token":"x"}`)
	w.want(t, 200, nil, "maintainer", http.MethodPut, jenkins, `{"url":"http://127.0.0.1:8081","user":"bot","folder":"ci"}`)
}

func TestNewHosts(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "*", "*.", "git.*.example", "https://git.example", "git@git.example", "git.example:443", "10.0.0.0/99"} {
		if _, err := api.NewHosts([]string{wrong}); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

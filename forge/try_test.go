package forge_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/forge"
)

func try(t *testing.T, s *server, kind, token, commit string) error {
	t.Helper()
	c := slipway.Connection{Forge: kind, Repository: "shop/cart", API: s.URL}
	statuses, err := forge.NewAPI(time.Now, nil).Statuses(t.Context(), c, slipway.Keys{Forge: token})
	if err != nil {
		t.Fatal(err)
	}
	return statuses.Try(t.Context(), commit)
}

// Trying reads: a status is nothing to play with.
func TestStatuses_TryChangesNothing(t *testing.T) {
	t.Parallel()
	project := "/api/v4/projects/shop%2Fcart"
	for kind, want := range map[string][]string{
		"github":           {"GET /repos/shop/cart/statuses/" + commit + "?page=1&per_page=1"},
		"gitlab":           {"GET " + project + "/repository/commits/" + commit + "/statuses?page=1&per_page=1", "GET " + project},
		"gitea":            {"GET /api/v1/repos/shop/cart/statuses/" + commit + "?limit=1&page=1", "GET /api/v1/repos/shop/cart"},
		"bitbucket":        {"GET /2.0/repositories/shop/cart/commit/" + commit + "/statuses?page=1&pagelen=1"},
		"bitbucket-server": {"GET /rest/api/1.0/projects/shop/repos/cart", "GET /rest/api/1.0/projects/shop/repos/cart/branches/default"},
		"generic":          nil,
	} {
		s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			body := `{"permissions":{"push":true,"project_access":{"access_level":30}}}`
			if strings.Contains(r.URL.Path, "status") && kind != "bitbucket" {
				body = `[]`
			}
			says(http.StatusOK, body)(w, r)
		})
		if err := try(t, s, kind, "t", commit); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		var lines []string
		for _, c := range s.got() {
			lines = append(lines, c.Line)
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestStatuses_TrySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	scoped := func(scopes string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-OAuth-Scopes", scopes)
			says(http.StatusOK, `[]`)(w, r)
		}
	}
	for name, test := range map[string]struct {
		forge, commit string
		answer        http.HandlerFunc
		code          slipway.Code
		says          string
	}{
		"a token that is wrong":       {"github", commit, says(http.StatusUnauthorized, `{"message":"s3cret inside"}`), slipway.CodeForbidden, "does not let us set a status"},
		"a repository that is hidden": {"gitea", "", says(http.StatusNotFound, `{}`), slipway.CodeNotFound, "does not find shop/cart"},
		"a forge that is ill":         {"bitbucket", commit, says(http.StatusBadGateway, `s3cret inside`), slipway.CodeUnavailable, "is out of order"},
		"a token that only reads":     {"github", commit, scoped("read:org, gist"), slipway.CodeForbidden, "read:org"},
		"a token without a scope":     {"github", commit, scoped(""), slipway.CodeForbidden, "may set no status"},
		"a token for statuses":        {"github", commit, scoped("gist, repo:status"), "", ""},
		"a guest's":                   {"gitlab", "", says(http.StatusOK, `{"permissions":{"project_access":{"access_level":20}}}`), slipway.CodeForbidden, "may not push"},
	} {
		err := try(t, newServer(t, test.answer), test.forge, "t0ken", test.commit)
		if slipway.ErrorCode(err) != test.code || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "t0ken") || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%s: it tells too much: %v", name, err)
		}
	}
}

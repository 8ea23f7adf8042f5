package store_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

func tokenTests() []test {
	return []test{
		{"a token is known by its hash", (*record).tokens},
		{"a token ends", (*record).tokenEnds},
		{"what was done is listed", (*record).audits},
	}
}

func (r *record) tokens(t *testing.T) {
	t.Helper()
	must(t, r.AddTeam(t.Context(), "pay"))
	hash := sha256.Sum256([]byte("text"))
	want := slipway.Token{Name: "mia's laptop", Team: "shop", Role: slipway.RoleDeveloper, Created: noon, Expires: noon.Add(time.Hour)}
	want.ID = got(t)(r.AddToken(t.Context(), want, hash))
	k, err := r.TokenOf(t.Context(), hash, noon)
	must(t, err)
	same(t, k, want)
	for at, used := range map[time.Duration]time.Duration{time.Minute: 0, 6 * time.Minute: 6 * time.Minute} { // roughly
		_, err = r.TokenOf(t.Context(), hash, noon.Add(at))
		must(t, err)
		if k, err := r.TokenOf(t.Context(), hash, noon.Add(at)); k.Used.Before(noon.Add(used)) || err != nil {
			t.Errorf("used %s, %v", k.Used, err)
		}
	}
	all := slipway.Token{Name: "root", Role: slipway.RoleOperator, Created: noon}
	all.ID = got(t)(r.AddToken(t.Context(), all, sha256.Sum256([]byte("root"))))
	for team, n := range map[string]int{"shop": 1, "pay": 0, "": 2} {
		if list, err := r.Tokens(t.Context(), team); len(list) != n || err != nil {
			t.Errorf("team %q: %+v, %v", team, list, err)
		}
	}
	_, err = r.AddToken(t.Context(), slipway.Token{Role: "king"}, sha256.Sum256([]byte("1")))
	wants(t, err, slipway.CodeUsage)
	_, err = r.AddToken(t.Context(), slipway.Token{Role: slipway.RoleOperator, Team: "shop"}, sha256.Sum256([]byte("2")))
	wants(t, err, slipway.CodeUsage)
	_, err = r.AddToken(t.Context(), slipway.Token{Role: slipway.RoleViewer, Team: "nobody"}, sha256.Sum256([]byte("3")))
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) tokenEnds(t *testing.T) {
	t.Helper()
	hash := sha256.Sum256([]byte("text"))
	id := got(t)(r.AddToken(t.Context(), slipway.Token{Role: slipway.RoleViewer, Expires: noon.Add(time.Hour)}, hash))
	_, err := r.TokenOf(t.Context(), hash, noon.Add(time.Hour))
	wants(t, err, slipway.CodeForbidden)
	_, err = r.TokenOf(t.Context(), sha256.Sum256([]byte("other")), noon)
	wants(t, err, slipway.CodeForbidden)
	must(t, r.RevokeToken(t.Context(), id))
	_, err = r.TokenOf(t.Context(), hash, noon)
	wants(t, err, slipway.CodeForbidden)
	wants(t, r.RevokeToken(t.Context(), id), slipway.CodeNotFound)
}

func (r *record) audits(t *testing.T) {
	t.Helper()
	var want []slipway.AuditEntry
	for i, team := range []string{"shop", "", "pay", "shop"} {
		e := slipway.AuditEntry{At: noon, Who: "mia", Did: "service.add", Target: "shop/cart", Team: team}
		must(t, r.Audit(t.Context(), e))
		e.ID = int64(i + 1)
		want = append([]slipway.AuditEntry{e}, want...)
	}
	page := func(team string, before int64, most int) []slipway.AuditEntry {
		t.Helper()
		entries, err := r.AuditLog(t.Context(), team, before, most)
		must(t, err)
		return entries
	}
	same(t, page("", 0, 3), want[:3])
	same(t, page("", 2, 3), want[3:])
	same(t, page("shop", 0, 9), []slipway.AuditEntry{want[0], want[3]})
}

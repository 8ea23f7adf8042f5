package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func secretTests() []test {
	return []test{
		{"a service's secrets are over its team's", (*record).secrets},
		{"names and values of secrets are checked", (*record).secretsChecked},
		{"another key opens nothing", (*record).otherKey},
	}
}

func (r *record) secrets(t *testing.T) {
	t.Helper()
	must(t, r.AddTeam(t.Context(), "pay"))
	later := noon.Add(time.Hour)
	for _, s := range []struct {
		team, service, name, value string
		at                         time.Time
	}{
		{"shop", "", "A", "team", noon}, {"shop", "", "B", "team", noon}, {"shop", "cart", "B", "old", noon}, {"shop", "cart", "B", "own", later}, {"pay", "", "A", "theirs", noon},
	} {
		must(t, r.SetSecret(t.Context(), s.team, s.service, s.name, s.value, s.at))
	}
	values, err := r.Secrets(t.Context(), cart)
	must(t, err)
	same(t, values, map[string]string{"A": "team", "B": "own"})
	values, err = r.Secrets(t.Context(), slipway.ServiceName{Team: "shop", Name: "other"})
	must(t, err)
	same(t, values, map[string]string{"A": "team", "B": "team"})
	names, err := r.SecretNames(t.Context(), "shop")
	must(t, err)
	same(t, names, []slipway.SecretName{{Name: "A", Changed: noon}, {Name: "B", Changed: noon}, {Service: "cart", Name: "B", Changed: later}})
	must(t, r.RemoveSecret(t.Context(), "shop", "cart", "B"))
	wants(t, r.RemoveSecret(t.Context(), "shop", "cart", "B"), slipway.CodeNotFound)
	wants(t, r.RemoveSecret(t.Context(), "nobody", "", "A"), slipway.CodeNotFound)
	values, err = r.Secrets(t.Context(), cart)
	must(t, err)
	same(t, values, map[string]string{"A": "team", "B": "team"})
}

func (r *record) secretsChecked(t *testing.T) {
	t.Helper()
	for _, c := range []struct {
		team, service, name, value string
		code                       slipway.Code
	}{
		{"shop", "", "", "x", slipway.CodeUsage},
		{"shop", "", "1A", "x", slipway.CodeUsage},
		{"shop", "", "A/B", "x", slipway.CodeUsage},
		{"shop", "", "A\nB", "x", slipway.CodeUsage},
		{"shop", "", strings.Repeat("A", 129), "x", slipway.CodeUsage},
		{"shop", "", "A", "", slipway.CodeUsage},
		{"shop", "", "A", strings.Repeat("x", 64<<10+1), slipway.CodeUsage},
		{"nobody", "", "A", "x", slipway.CodeNotFound},
		{"shop", "nobody", "A", "x", slipway.CodeNotFound},
	} {
		wants(t, r.SetSecret(t.Context(), c.team, c.service, c.name, c.value, noon), c.code)
	}
}

func (r *record) otherKey(t *testing.T) {
	t.Helper()
	_, err := store.Open(t.Context(), r.address, store.Options{Key: bytes.Repeat([]byte{8}, 32)})
	wants(t, err, slipway.CodeUsage)
	_, err = store.Open(t.Context(), r.address, store.Options{Key: []byte("short")})
	wants(t, err, slipway.CodeUsage)
	if open(t, r.address) == nil {
		t.Error("the right key opens nothing")
	}
}

// What is sealed is not in the file, and not opened in another row.
func TestStore_seals(t *testing.T) {
	t.Parallel()
	r := newRecord(t, newFile(t))
	const secret = "correct-horse-battery"
	must(t, r.SetSecret(t.Context(), "shop", "", "A", secret, noon))
	must(t, r.SetSecret(t.Context(), "shop", "", "B", "other", noon))
	must(t, r.SetKeys(t.Context(), r.connection, slipway.Keys{Forge: secret}))
	other := r.connect(t, "shop", "shop/other")
	file := strings.TrimPrefix(r.address, "sqlite:")
	must(t, store.Backup(t.Context(), r.address, filepath.Join(filepath.Dir(file), "copy.db")))
	all, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
	must(t, err)
	for _, f := range all {
		b, err := os.ReadFile(f)
		must(t, err)
		if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, key) {
			t.Errorf("%s has it in clear", filepath.Base(f))
		}
	}
	db := openFile(t, file)
	for _, statement := range []string{
		"UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = 'A') WHERE name = 'B'",
		"UPDATE connections SET sealed = (SELECT MIN(sealed) FROM connections)",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		must(t, err)
	}
	_, err = r.Secrets(t.Context(), cart)
	wants(t, err, slipway.CodeInternal)
	_, here := r.Keys(t.Context(), r.connection)
	_, there := r.Keys(t.Context(), other)
	if (here == nil) == (there == nil) {
		t.Errorf("keys of another connection open: %v, %v", here, there)
	}
}

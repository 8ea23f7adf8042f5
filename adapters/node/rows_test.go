package node

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestRows_everyFrameworkHasOne(t *testing.T) {
	t.Parallel()
	for _, f := range frameworks() {
		if !slices.ContainsFunc(Adapter{}.Rows(), func(r repo.Row) bool { return strings.Contains(r.Does, "`"+f.pkg+"`") }) {
			t.Errorf("no row tells of `%s`", f.pkg)
		}
	}
}

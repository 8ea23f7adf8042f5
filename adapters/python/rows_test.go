package python

import (
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestRows_everyServerHasOne(t *testing.T) {
	t.Parallel()
	for _, server := range slices.Concat(servers(asgi), servers(wsgi), servers(sanic), servers(aiohttp)) {
		if !slices.ContainsFunc(Adapter{}.Rows(), func(r repo.Row) bool { return strings.Contains(r.Does, "`"+server+"`") }) {
			t.Errorf("no row tells of `%s`", server)
		}
	}
}

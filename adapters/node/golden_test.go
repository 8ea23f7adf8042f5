package node_test

import (
	"flag"
	"testing"

	"github.com/slipway-ci/slipway/adapters/adaptertest"
)

var _ = flag.Bool("update", false, "rewrite the golden plans")

func TestAdapter_Plan(t *testing.T) {
	t.Parallel()
	adaptertest.Golden(t, 50)
}

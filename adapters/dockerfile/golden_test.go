package dockerfile_test

import (
	"flag"
	"testing"

	"github.com/slipway-ci/slipway/adapters/adaptertest"
)

var _ = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	adaptertest.Golden(t, 8)
}

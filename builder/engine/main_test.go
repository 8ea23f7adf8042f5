package engine_test

import (
	"os"
	"testing"

	"github.com/slipway-ci/slipway/builder/engine"
)

// initArgument makes this test binary the first process of an engine's
// namespaces, as the hidden command of the real program does.
const initArgument = "engine-init"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == initArgument {
		os.Exit(engine.Init(os.Args[2:]...))
	}
	if len(os.Args) > 2 && os.Args[1] == peerArgument {
		os.Exit(peer(os.Args[2]))
	}
	if len(os.Args) > 2 && os.Args[1] == ownerArgument {
		owner(os.Args[2])
		os.Exit(1)
	}
	os.Exit(m.Run())
}

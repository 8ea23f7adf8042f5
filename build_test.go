package slipway_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

// TestBuildState_CanBecome has every pair of states.
func TestBuildState_CanBecome(t *testing.T) {
	t.Parallel()
	type step struct{ from, to slipway.BuildState }
	allowed := map[step]bool{
		{slipway.BuildQueued, slipway.BuildRunning}:    true,
		{slipway.BuildQueued, slipway.BuildCancelled}:  true,
		{slipway.BuildQueued, slipway.BuildSuperseded}: true,
		{slipway.BuildRunning, slipway.BuildSucceeded}: true,
		{slipway.BuildRunning, slipway.BuildFailed}:    true,
		{slipway.BuildRunning, slipway.BuildCancelled}: true,
		{slipway.BuildRunning, slipway.BuildQueued}:    true, // the lease ran out, or the worker handed it back
	}
	for _, from := range slipway.BuildStates() {
		for _, to := range slipway.BuildStates() {
			if got := from.CanBecome(to); got != allowed[step{from, to}] {
				t.Errorf("%s -> %s: %t", from, to, got)
			}
		}
		if want := from != slipway.BuildQueued && from != slipway.BuildRunning; from.Ended() != want {
			t.Errorf("%s has ended: %t", from, from.Ended())
		}
	}
}

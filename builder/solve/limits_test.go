package solve

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestWithLimits_OutputSaysWhoRaisesIt(t *testing.T) {
	t.Parallel()
	ctx, w := withLimits(t.Context(), Limits{Output: 1 << 20})
	defer w.stop()
	if !w.printed("compile", 1<<20) || ctx.Err() != nil {
		t.Fatal("the limit itself is too much")
	}
	if w.printed("compile", 1<<20+1) {
		t.Error("what is too much is still wanted")
	}
	e, ok := errors.AsType[*slipway.Error](context.Cause(ctx))
	if !ok || e.Code != slipway.CodeLimit || e.Class != slipway.ClassLimit {
		t.Fatalf("got %v", context.Cause(ctx))
	}
	for _, part := range []string{"--step-output", "an operator"} {
		if !strings.Contains(e.Hint, part) {
			t.Errorf("the hint has no %q: %s", part, e.Hint)
		}
	}
}

package slipway_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestErrorCode(t *testing.T) {
	t.Parallel()
	limit := slipway.Errorf(slipway.CodeLimit, "step %q took too long", "deps")
	tests := []struct {
		err  error
		want slipway.Code
	}{
		{nil, ""},
		{io.EOF, slipway.CodeInternal},
		{limit, slipway.CodeLimit},
		{fmt.Errorf("build: %w", limit), slipway.CodeLimit},
	}
	for _, tt := range tests {
		if got := slipway.ErrorCode(tt.err); got != tt.want {
			t.Errorf("ErrorCode(%v) = %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestError_WithLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	e := slipway.Errorf(slipway.CodeInvalid, "no")
	c := e.WithHint("do %s", "this").WithDetails("a", "b").WithClass(slipway.ClassCode).Because(io.EOF)
	if e.Hint != "" || e.Details != nil || e.Class != "" || e.Err != nil {
		t.Errorf("the original changed: %+v", e)
	}
	if c.Error() != "no: EOF" || !errors.Is(c, io.EOF) || c.Hint != "do this" {
		t.Errorf("the copy is %+v", c)
	}
}

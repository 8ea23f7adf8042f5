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
		err     error
		want    slipway.Code
		passing bool
	}{
		{nil, "", false},
		{io.EOF, slipway.CodeInternal, true},
		{limit, slipway.CodeLimit, false},
		{fmt.Errorf("build: %w", limit), slipway.CodeLimit, false},
		{slipway.Errorf(slipway.CodeBusy, "held"), slipway.CodeBusy, true},
		{fmt.Errorf("build: %w", slipway.Errorf(slipway.CodeUnavailable, "away")), slipway.CodeUnavailable, true},
	}
	for _, tt := range tests {
		if got := slipway.ErrorCode(tt.err); got != tt.want {
			t.Errorf("ErrorCode(%v) = %q, want %q", tt.err, got, tt.want)
		}
		if got := slipway.Passing(tt.err); got != tt.passing {
			t.Errorf("Passing(%v) = %v", tt.err, got)
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

package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

func TestBuildFlags_within(t *testing.T) {
	t.Parallel()
	fetch := errors.New("the fetch was cut off")
	ctx, stop := buildFlags{timeout: time.Nanosecond}.within(t.Context())
	defer stop()
	<-ctx.Done()
	if err := overdue(ctx, fetch); slipway.ErrorCode(err) != slipway.CodeLimit {
		t.Errorf("over the limit: %v", err)
	}
	unlimited, cancel := context.WithCancel(t.Context())
	unlimited, stop = buildFlags{}.within(unlimited)
	defer stop()
	if _, limited := unlimited.Deadline(); limited {
		t.Error("without a limit there is a deadline")
	}
	cancel()
	if err := overdue(unlimited, fetch); !errors.Is(err, fetch) {
		t.Errorf("interrupted: %v", err)
	}
}

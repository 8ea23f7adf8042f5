package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/slipway-ci/slipway/store"
)

// Two control planes do one thing at a time under one name, and others beside
// it; what is given up gives its turn away.
func TestStore_Exclusively(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	one, other := opened(t, address), opened(t, address)
	ctx := context.WithoutCancel(t.Context())
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			s := []*store.Store{one, other}[i%2]
			if err := s.Exclusively(ctx, "shop/cart", func(context.Context) error {
				most.Store(max(most.Load(), inside.Add(1)))
				inside.Add(-1)
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d were at it at once", most.Load())
	}
	wrong := errors.New("wrong")
	err := one.Exclusively(ctx, "shop/cart", func(ctx context.Context) error {
		if err := other.Exclusively(ctx, "shop/web", func(context.Context) error { return nil }); err != nil {
			t.Errorf("another name: %v", err)
		}
		given, cancel := context.WithCancel(ctx)
		cancel()
		if err := other.Exclusively(given, "shop/cart", func(context.Context) error { return nil }); err == nil {
			t.Error("it was done without its turn")
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("%v, want what was done to say", err)
	}
	if err := other.Exclusively(ctx, "shop/cart", func(context.Context) error { return nil }); err != nil {
		t.Errorf("after a failure: %v", err)
	}
}

func opened(t *testing.T, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

package main

import (
	"math"
	"testing"
)

func TestSample_quantile(t *testing.T) {
	t.Parallel()
	s := sample{9, 1, 5, 3, 7}
	for q, want := range map[float64]float64{0: 1, 0.25: 3, 0.5: 5, 0.75: 7, 0.9: 8.2, 1: 9} {
		if got := s.quantile(q); math.Abs(got-want) > 1e-9 {
			t.Errorf("quantile(%v) = %v, want %v", q, got, want)
		}
	}
	if got := (sample{}).median(); got != 0 {
		t.Errorf("median of nothing = %v, want 0", got)
	}
	if got := (sample{4, 2}).median(); got != 3 {
		t.Errorf("median of two = %v, want 3", got)
	}
}

func TestRatios_are_taken_pair_by_pair(t *testing.T) {
	t.Parallel()
	// A machine twice as slow in the second pair changes no ratio.
	if got := ratios(sample{1, 2}, sample{2, 4}); got.quantile(0) != 0.5 || got.quantile(1) != 0.5 {
		t.Errorf("ratios = %v, want 0.5 twice", got)
	}
	if got := differences(sample{3, 2}, sample{1, 4}); got[0] != 2 || got[1] != -2 {
		t.Errorf("differences = %v, want 2 and -2", got)
	}
}

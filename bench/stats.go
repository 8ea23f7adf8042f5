package main

import (
	"fmt"
	"slices"
)

// sample is measured values of one thing, in the order they were taken.
type sample []float64

// quantile is the value below which the share q lies, between two values in
// proportion (type 7 of Hyndman and Fan, 1996). Of nothing it is 0.
func (s sample) quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

func (s sample) median() float64 { return s.quantile(0.5) }

// spread shows the quartiles and the extremes.
func (s sample) spread(format string) string {
	f := fmt.Sprintf("%[1]s–%[1]s [%[1]s–%[1]s]", format)
	return fmt.Sprintf(f, s.quantile(0.25), s.quantile(0.75), s.quantile(0), s.quantile(1))
}

// ratios divides pair by pair, so that what slowed both cancels out.
func ratios(a, b sample) sample {
	r := make(sample, min(len(a), len(b)))
	for i := range r {
		r[i] = a[i] / b[i]
	}
	return r
}

// differences subtracts pair by pair.
func differences(a, b sample) sample {
	d := make(sample, min(len(a), len(b)))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}

// Package sum adds in C.
package sum

// static long long sum(long long a, long long b) { return a + b; }
import "C"

// Of adds.
func Of(a, b int64) int64 { return int64(C.sum(C.longlong(a), C.longlong(b))) }

package python

import (
	"maps"
	"slices"
)

// sortedKeys makes one plan of any order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

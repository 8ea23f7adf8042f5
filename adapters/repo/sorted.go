package repo

import "slices"

// sorted makes one plan of any order; none stays none.
func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

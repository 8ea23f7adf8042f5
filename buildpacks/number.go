package buildpacks

import (
	"slices"
	"strconv"
	"strings"
)

// number is a version of one to three numeric parts, most significant first.
type number []int

// parseNumber reads "1.26", "1.26.8", "go1.26.8" or "v22.3.0"; false for anything else,
// pre-releases included.
func parseNumber(s string) (number, bool) {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(s, "go"), "v"), ".")
	if len(parts) > 3 {
		return nil, false
	}
	n := make(number, 0, 3)
	for _, p := range parts {
		if p == "" || len(p) > 6 || strings.Trim(p, "0123456789") != "" {
			return nil, false
		}
		i, err := strconv.Atoi(p)
		if err != nil {
			return nil, false
		}
		n = append(n, i)
	}
	return n, true
}

// compare orders versions; a part that is missing is below 0.
func (n number) compare(m number) int { return slices.Compare(n, m) }

// within tells whether n begins with all parts of prefix.
func (n number) within(prefix number) bool {
	return len(n) >= len(prefix) && slices.Equal(n[:len(prefix)], prefix)
}

// sameMinor tells whether two versions differ in their patch alone. Of one
// that has fewer parts, those it has count.
func (n number) sameMinor(m number) bool {
	parts := min(2, len(n), len(m))
	return slices.Equal(n[:parts], m[:parts])
}

// full gives the version with three parts.
func (n number) full() string {
	parts := make([]string, 3)
	for i := range parts {
		parts[i] = "0"
		if i < len(n) {
			parts[i] = strconv.Itoa(n[i])
		}
	}
	return strings.Join(parts, ".")
}

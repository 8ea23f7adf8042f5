package node

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// starts are the directories below which a walk can find what the patterns
// name: the part of each before its first wildcard.
func starts(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		if strings.HasPrefix(p, "!") {
			continue
		}
		fixed := "."
		for part := range strings.SplitSeq(clean(p), "/") {
			if strings.ContainsAny(part, "*?[{") {
				break
			}
			fixed = path.Join(fixed, part)
		}
		if !strings.HasPrefix(fixed, "..") {
			all = append(all, fixed)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// selected tells whether patterns name a directory; the last that fits
// decides, as a leading ! takes one out.
func selected(dir string, patterns []string) bool {
	in := false
	for _, p := range patterns {
		rest, out := strings.CutPrefix(p, "!")
		if matches(strings.Split(clean(rest), "/"), strings.Split(dir, "/")) {
			in = !out
		}
	}
	return in
}

func clean(pattern string) string { return path.Clean(strings.TrimPrefix(pattern, "./")) }

// matches compares part by part; "**" is any number of parts.
func matches(pattern, parts []string) bool {
	switch {
	case len(pattern) == 0:
		return len(parts) == 0
	case pattern[0] == "**":
		return matches(pattern[1:], parts) || len(parts) > 0 && matches(pattern, parts[1:])
	case len(parts) == 0:
		return false
	}
	ok, err := path.Match(pattern[0], parts[0])
	return err == nil && ok && matches(pattern[1:], parts[1:])
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

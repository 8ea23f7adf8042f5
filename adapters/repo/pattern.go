package repo

import "strings"

// Literal makes a pattern that matches this name of the tree and no other
// (moby/patternmatcher).
func Literal(name string) string {
	name = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	if strings.HasPrefix(name, "!") || strings.HasPrefix(name, "#") {
		return `\` + name
	}
	return name
}

// Literals makes patterns that match these names and no others.
func Literals(names []string) []string {
	patterns := make([]string, len(names))
	for i, n := range names {
		patterns[i] = Literal(n)
	}
	return patterns
}

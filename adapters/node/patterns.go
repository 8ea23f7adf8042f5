package node

import "strings"

// literal makes a pattern that matches this name and no other
// (moby/patternmatcher).
func literal(name string) string {
	name = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	if strings.HasPrefix(name, "!") || strings.HasPrefix(name, "#") {
		return `\` + name
	}
	return name
}

func literals(names []string) []string {
	patterns := make([]string, len(names))
	for i, n := range names {
		patterns[i] = literal(n)
	}
	return patterns
}

// below is a pattern that holds in a directory of the tree only.
func below(dir, pattern string) string {
	if dir == "." {
		return pattern
	}
	return literal(dir) + "/" + pattern
}

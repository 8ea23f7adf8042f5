package golang

import "strings"

// literals makes patterns that match these names and no others
// (moby/patternmatcher).
func literals(names []string) []string {
	patterns := make([]string, len(names))
	for i, n := range names {
		patterns[i] = literal(n)
	}
	return patterns
}

func literal(name string) string {
	name = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	if strings.HasPrefix(name, "!") || strings.HasPrefix(name, "#") {
		return `\` + name
	}
	return name
}

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

package java

import (
	"regexp"
	"slices"
	"strings"
)

var (
	scalaPackage = regexp.MustCompile(`(?m)^package\s+([\w.]+)\s*$`)
	scalaObject  = regexp.MustCompile(`(?m)^object\s+(\w+)([^{\n]*(?:\n\s+(?:extends|with)\b[^{\n]*)*)`)
	scalaMain    = regexp.MustCompile(`(?m)^@main\s+def\s+(\w+)`)
	scalaMethod  = regexp.MustCompile(`\bdef\s+main\s*\(\s*\w+\s*:\s*Array\[String\]`)
	// Traits that bring a main method: the language's own, Cats Effect's,
	// ZIO's and Cask's.
	scalaProgram = regexp.MustCompile(`\bextends\s+(?:[\w.]+\.)?(?:App|IOApp(?:\.\w+)?|ZIOApp(?:Default)?|Main|MainRoutes)\b`)
)

// scanScala gives the objects of a Scala file that can be started, and the
// functions that are marked as programs.
func scanScala(source string) []entry {
	text := blank(source)
	var prefix strings.Builder
	for _, p := range scalaPackage.FindAllStringSubmatch(text, -1) {
		prefix.WriteString(p[1] + ".")
	}
	line := func(at int) int { return 1 + strings.Count(text[:at], "\n") }
	var found []entry
	for _, at := range scalaMain.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, entry{class: prefix.String() + text[at[2]:at[3]], line: line(at[0])})
	}
	objects := scalaObject.FindAllStringSubmatchIndex(text, -1)
	for i, at := range objects {
		end := len(text)
		if i+1 < len(objects) {
			end = objects[i+1][0]
		}
		if scalaProgram.MatchString(text[at[4]:at[5]]) || scalaMethod.MatchString(text[at[1]:end]) {
			found = append(found, entry{class: prefix.String() + text[at[2]:at[3]], line: line(at[0])})
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return a.line - b.line })
	return found
}

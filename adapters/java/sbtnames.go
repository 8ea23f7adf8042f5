package java

import (
	"regexp"
	"strings"
)

var (
	sbtNamed = regexp.MustCompile("\\b(?:val|def)\\s+`?(\\w+)")
	sbtWord  = regexp.MustCompile(`\w+`)
)

// sbtValues are the texts of what the build's own Scala, or its script, gives
// names to. They are read once for all projects.
type sbtValues map[string][]string

func readSbtValues(shared string) sbtValues {
	values := sbtValues{}
	places := sbtNamed.FindAllStringSubmatchIndex(shared, -1)
	for i, at := range places {
		end := len(shared)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		name := shared[at[2]:at[3]]
		values[name] = append(values[name], shared[at[1]:end])
	}
	return values
}

// asked gives a project's text with the texts of the values that it asks for,
// and of those that these name.
func (v sbtValues) asked(own string) string {
	taken := map[string]bool{}
	asked := []string{own}
	for i := 0; i < len(asked); i++ {
		for _, word := range sbtWord.FindAllString(asked[i], -1) {
			if !taken[word] {
				taken[word] = true
				asked = append(asked, v[word]...)
			}
		}
	}
	return strings.Join(asked, "\n")
}

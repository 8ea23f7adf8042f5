package java

import (
	"regexp"
	"strings"
)

var (
	sbtNamed = regexp.MustCompile("\\b(?:val|def)\\s+`?(\\w+)")
	sbtWord  = regexp.MustCompile(`\w+`)
)

// sbtAsked gives what a project's text asks for of the values that the build's
// own Scala, or its script, gives names to: their texts, and those of the
// values that these name.
func sbtAsked(own, shared string) string {
	values := map[string]string{}
	places := sbtNamed.FindAllStringSubmatchIndex(shared, -1)
	for i, at := range places {
		end := len(shared)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		values[shared[at[2]:at[3]]] += shared[at[1]:end] + "\n"
	}
	asked := []string{own}
	for i := 0; i < len(asked); i++ {
		for _, word := range sbtWord.FindAllString(asked[i], -1) {
			if text, ok := values[word]; ok {
				asked = append(asked, text)
				delete(values, word)
			}
		}
	}
	return strings.Join(asked, "\n")
}

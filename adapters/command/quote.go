package command

import (
	"regexp"
	"strings"
)

// Quoted is a text as one word of a shell's line, whatever is in it.
func Quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// bare is a word that a shell leaves as it is. $ is among it: a start command
// that has one is expanded by a shell of its own.
var bare = regexp.MustCompile(`^[\w$%+,./:=@^{}-]+$`)

// Line is a command as a person would type it: words that a shell would take
// apart are quoted, in the way that is easier to read.
func Line(words []string) string {
	line := make([]string, len(words))
	for i, word := range words {
		switch {
		case bare.MatchString(word):
			line[i] = word
		case strings.Contains(word, "'") && !strings.ContainsAny(word, "\"$`\\!"):
			line[i] = `"` + word + `"`
		default:
			line[i] = Quoted(word)
		}
	}
	return strings.Join(line, " ")
}

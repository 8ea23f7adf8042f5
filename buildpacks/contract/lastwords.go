package contract

import (
	"regexp"
	"slices"
	"strings"
)

// lastLines is how much of what a program said is repeated.
const lastLines = 5

// aside is what says nothing without the lines around it: marks below a line,
// frames of a stack, brackets.
var aside = regexp.MustCompile(`^(?:[\s^~{}()\[\];,]*|\s+at .*|\s+\.\.\. \d+ more)$`)

// lastWords are the last lines that the program wrote, those of a stack left
// out.
func (x *experiment) lastWords() string {
	seen := x.running.Seen()
	text := strings.TrimSpace(seen.Stderr)
	if text == "" {
		text = strings.TrimSpace(seen.Stdout)
	}
	if text == "" {
		return ", and said nothing"
	}
	lines := strings.Split(text, "\n")
	if said := slices.DeleteFunc(slices.Clone(lines), aside.MatchString); len(said) > 0 {
		lines = said
	}
	lines = lines[max(0, len(lines)-lastLines):]
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return ": " + strings.Join(lines, "; ")
}

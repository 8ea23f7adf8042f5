package repo

import (
	"strconv"
	"strings"
	"unicode"
)

// Show is a name of the tree in a sentence: one line, whatever characters
// the name has.
func Show(name string) string {
	if name == "." {
		return "the root of the repository"
	}
	return Quote(name)
}

// Quote is a name of the tree on one line: in quotes when it has characters
// that need them, as YAML and a shell read them too.
func Quote(name string) string {
	for _, r := range name {
		if !strings.ContainsRune("./-_+@", r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			return strconv.Quote(name)
		}
	}
	return name
}

package repo

import (
	"fmt"
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

// At is "FILE:LINE" for programs, FILE where the line is not known (0).
func At(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// Place is the same for people, on one line whatever the file is called.
func Place(file string, line int) string { return At(Quote(file), line) }

package command

import "strings"

// Quoted is a text as one word of a shell's line, whatever is in it.
func Quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

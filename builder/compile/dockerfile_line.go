package compile

import (
	"bytes"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// LineOf gives the line of the only instruction of a Dockerfile that begins
// with a text, as BuildKit shows instructions in its progress; 0 when there is
// none, or when several do.
func LineOf(content []byte, begin string) int {
	ast, err := parser.Parse(bytes.NewReader(content))
	if err != nil {
		return 0
	}
	line := 0
	for _, n := range ast.AST.Children {
		if !strings.HasPrefix(strings.Join(strings.Fields(n.Original), " "), begin) {
			continue
		}
		if line != 0 {
			return 0
		}
		line = n.StartLine
	}
	return line
}

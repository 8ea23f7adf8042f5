package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Sequence gives the commands of a line that runs one after the other as
// long as each succeeds (a && b && c), each as it stands. False for a line of
// another form; a line of one command is a sequence of one.
func Sequence(line string) ([]string, bool) {
	if len(line) > MaxLine || strings.ContainsRune(line, 0) {
		return nil, false
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(line), "")
	if err != nil || len(file.Stmts) != 1 {
		return nil, false
	}
	return sequence(line, file.Stmts[0])
}

func sequence(line string, s *syntax.Stmt) ([]string, bool) {
	if s.Background || s.Negated || len(s.Redirs) > 0 {
		return nil, false
	}
	binary, ok := s.Cmd.(*syntax.BinaryCmd)
	if !ok {
		_, call := s.Cmd.(*syntax.CallExpr)
		return []string{strings.TrimSpace(line[s.Pos().Offset():s.Cmd.End().Offset()])}, call
	}
	if binary.Op != syntax.AndStmt {
		return nil, false
	}
	first, ok := sequence(line, binary.X)
	if !ok {
		return nil, false
	}
	second, ok := sequence(line, binary.Y)
	return append(first, second...), ok
}

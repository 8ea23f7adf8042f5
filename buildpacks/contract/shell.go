package contract

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxLine of a shell command in bytes; a longer one is not looked into.
const maxLine = 64 << 10

// stepsAside tells whether a command is a shell that replaces itself with the
// program: sh -c LINE, where the last command of LINE is exec with a program,
// at its end or behind &&. Then no shell stays in front, and signals reach the
// program.
func stepsAside(start []string) bool {
	if len(start) < 3 || !isShell(start[0]) {
		return false
	}
	i := 1
	for i < len(start) && strings.HasPrefix(start[i], "-") && !strings.HasSuffix(start[i], "c") {
		i++
	}
	if i+1 >= len(start) || !strings.HasPrefix(start[i], "-") || len(start[i+1]) > maxLine {
		return false
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(start[i+1]), "")
	return err == nil && len(file.Stmts) > 0 && execs(file.Stmts[len(file.Stmts)-1])
}

func execs(s *syntax.Stmt) bool {
	if s.Background || s.Negated {
		return false
	}
	switch c := s.Cmd.(type) {
	case *syntax.BinaryCmd:
		return c.Op == syntax.AndStmt && execs(c.Y)
	case *syntax.CallExpr:
		return len(c.Args) > 1 && c.Args[0].Lit() == "exec" && !slices.ContainsFunc(c.Args[1:2], func(w *syntax.Word) bool { return isShell(w.Lit()) })
	default:
		return false
	}
}

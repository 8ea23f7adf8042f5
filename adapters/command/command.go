// Package command reads commands as people write them in a Procfile, a
// package.json or a slipway.yaml, and gives the exec form that an image is
// started with: without a shell wherever the command needs none, else under
// one that replaces itself with the program, so that signals reach it.
package command

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Shell is what runs a line that needs one. The run images of interpreted
// languages have it, static ones do not.
const Shell = "/bin/sh"

// MaxLine of a command in bytes; a longer one is not a command.
const MaxLine = 16 << 10

// Command is a line, read.
type Command struct {
	Env  map[string]string // assignments in front of the only command: NODE_ENV=production node x
	Args []string          // words, without quotes, when the line is one command of plain words; else nil
	exec string            // the line, with exec before its last command
}

// Parse reads one shell command line (POSIX). False for what no shell reads
// and for an empty line.
func Parse(line string) (Command, bool) {
	if len(line) > MaxLine || strings.ContainsRune(line, 0) {
		return Command{}, false
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(line), "")
	if err != nil || len(file.Stmts) == 0 {
		return Command{}, false
	}
	c := Command{exec: replacing(line, file)}
	if call := only(file); call != nil {
		c.Env, c.Args = plain(call)
	}
	return c, true
}

// Exec gives the command in exec form. The variables of Env are set by the
// shell when there is one, else they are the caller's to set.
func (c Command) Exec() []string {
	if c.Args != nil {
		return slices.Clone(c.Args)
	}
	return []string{Shell, "-c", c.exec}
}

// Replacing gives the line for a shell that shall replace itself with the
// last program of it.
func (c Command) Replacing() string { return c.exec }

// NeedsShell tells whether the exec form runs under a shell.
func (c Command) NeedsShell() bool { return c.Args == nil }

// only gives the call of a line that is nothing but one call.
func only(file *syntax.File) *syntax.CallExpr {
	if len(file.Stmts) != 1 {
		return nil
	}
	s := file.Stmts[0]
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || s.Background || s.Negated || len(s.Redirs) > 0 || len(call.Args) == 0 {
		return nil
	}
	return call
}

// plain gives the assignments and words of a call, nil words when one of
// them is not known before it runs.
func plain(call *syntax.CallExpr) (env map[string]string, words []string) {
	for _, a := range call.Assigns {
		value, ok := "", true
		if a.Value != nil {
			value, ok = literal(a.Value)
		}
		if !ok || a.Append || a.Index != nil || a.Array != nil {
			return nil, nil
		}
		if env == nil {
			env = map[string]string{}
		}
		env[a.Name.Value] = value
	}
	for _, w := range call.Args {
		text, ok := literal(w)
		if !ok {
			return nil, nil
		}
		words = append(words, text)
	}
	return env, words
}

// literal gives a word whose text is known: no variable, no command, no
// pattern, no home directory.
func literal(w *syntax.Word) (string, bool) {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			if strings.ContainsAny(p.Value, "*?[~") {
				return "", false
			}
			b.WriteString(unescape(p.Value, ""))
		case *syntax.SglQuoted:
			if p.Dollar {
				return "", false
			}
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, inner := range p.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok {
					return "", false
				}
				b.WriteString(unescape(lit.Value, "$`\"\\\n"))
			}
		default:
			return "", false
		}
	}
	return b.String(), true
}

// unescape removes backslashes as a shell does: outside quotes before any
// character, inside double quotes before those of among.
func unescape(s, among string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (among == "" || strings.IndexByte(among, s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// replacing writes exec before the last command of a line, so that the shell
// does not stay in front of the program. A line that ends in something else
// than a call, or that sets a variable for its last call alone, is left as it
// is, but for the assignments, which exec takes along.
func replacing(line string, file *syntax.File) string {
	last := file.Stmts[len(file.Stmts)-1]
	for {
		binary, ok := last.Cmd.(*syntax.BinaryCmd)
		if !ok || (binary.Op != syntax.AndStmt) || last.Negated || last.Background {
			break
		}
		last = binary.Y
	}
	call, ok := last.Cmd.(*syntax.CallExpr)
	if !ok || last.Background || last.Negated || len(call.Args) == 0 {
		return line
	}
	if first, ok := literal(call.Args[0]); ok && slices.Contains(builtins(), first) {
		return line
	}
	at := call.Args[0].Pos().Offset()
	return line[:at] + "exec " + line[at:]
}

// builtins are commands of the shell itself, which cannot be replaced by a
// program of that name in every image (POSIX, 2.14 and 1.7).
func builtins() []string {
	return []string{"exec", "cd", "export", "set", "unset", ".", ":", "eval", "exit", "true", "false", "test", "[", "wait", "trap", "ulimit", "umask"}
}

package python

import (
	"strings"
	"unicode/utf8"
)

// Kinds of tokens. Comments are none, and what a string says is never taken
// for code.
const (
	nameToken   = 'n'
	stringToken = 's' // text is what stands between the quotes
	otherToken  = 'o' // one character of an operator, or a number
)

type token struct {
	kind byte
	text string
	line int
}

// statement is a logical line: its tokens, brackets and all.
type statement struct {
	indent int // columns; a tab counts as eight (Python reference, 2.1.8)
	line   int
	tokens []token
}

// lex takes Python source apart (Python reference, 2). It never fails: what
// it does not understand becomes tokens that nobody looks for.
func lex(src []byte) []statement {
	l := lexer{src: strings.TrimPrefix(string(src), "\ufeff"), line: 1}
	for l.pos < len(l.src) {
		l.logicalLine()
	}
	return l.done
}

type lexer struct {
	src   string
	pos   int
	line  int
	depth int // of brackets
	now   statement
	done  []statement
}

func (l *lexer) logicalLine() {
	l.now = statement{indent: l.indentation(), line: l.line}
	l.depth = 0
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\n':
			l.pos++
			l.line++
			if l.depth == 0 {
				l.end()
				return
			}
		case c == ' ' || c == '\t' || c == '\r' || c == '\f':
			l.pos++
		case c == '#':
			l.skipLine()
		case c == '\\' && l.continued():
		case c == ';' && l.depth == 0:
			l.pos++
			indent := l.now.indent
			l.end()
			l.now = statement{indent: indent, line: l.line}
		default:
			l.token(c)
		}
	}
	l.end()
}

// end finishes a statement that has anything in it.
func (l *lexer) end() {
	if len(l.now.tokens) > 0 {
		l.done = append(l.done, l.now)
	}
}

func (l *lexer) indentation() int {
	n := 0
	for ; l.pos < len(l.src); l.pos++ {
		switch l.src[l.pos] {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		default:
			return n
		}
	}
	return n
}

func (l *lexer) skipLine() {
	if end := strings.IndexByte(l.src[l.pos:], '\n'); end >= 0 {
		l.pos += end
		return
	}
	l.pos = len(l.src)
}

// continued takes a backslash at the end of a line.
func (l *lexer) continued() bool {
	rest := strings.TrimPrefix(l.src[l.pos+1:], "\r")
	if !strings.HasPrefix(rest, "\n") {
		return false
	}
	l.pos = len(l.src) - len(rest) + 1
	l.line++
	return true
}

func (l *lexer) token(c byte) {
	if c == '"' || c == '\'' {
		l.quoted(false)
		return
	}
	if !isName(c) {
		l.operator(c)
		return
	}
	begin := l.pos
	for l.pos < len(l.src) && isName(l.src[l.pos]) {
		l.pos++
	}
	word := l.src[begin:l.pos]
	if l.pos < len(l.src) && (l.src[l.pos] == '"' || l.src[l.pos] == '\'') && isPrefix(word) {
		l.quoted(strings.ContainsAny(word, "rR"))
		return
	}
	kind := byte(nameToken)
	if word[0] >= '0' && word[0] <= '9' {
		kind = otherToken
	}
	l.add(kind, word)
}

func (l *lexer) operator(c byte) {
	switch c {
	case '(', '[', '{':
		l.depth++
	case ')', ']', '}':
		l.depth = max(0, l.depth-1)
	}
	_, size := utf8.DecodeRuneInString(l.src[l.pos:])
	l.add(otherToken, l.src[l.pos:l.pos+size])
	l.pos += size
}

// quoted reads a string, of one line or between three quotes. One that does
// not end, ends with its line.
func (l *lexer) quoted(raw bool) {
	quote := l.src[l.pos : l.pos+1]
	long := strings.HasPrefix(l.src[l.pos:], strings.Repeat(quote, 3))
	if long {
		quote = strings.Repeat(quote, 3)
	}
	line := l.line
	l.pos += len(quote)
	begin := l.pos
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case strings.HasPrefix(l.src[l.pos:], quote):
			l.now.tokens = append(l.now.tokens, token{stringToken, unescaped(l.src[begin:l.pos], raw), line})
			l.pos += len(quote)
			return
		case c == '\\' && l.pos+1 < len(l.src):
			if l.src[l.pos+1] == '\n' {
				l.line++
			}
			l.pos += 2
		case c == '\n' && !long:
			l.now.tokens = append(l.now.tokens, token{stringToken, l.src[begin:l.pos], line})
			return
		default:
			if c == '\n' {
				l.line++
			}
			l.pos++
		}
	}
	l.now.tokens = append(l.now.tokens, token{stringToken, l.src[min(begin, len(l.src)):], line})
	l.pos = len(l.src)
}

// unescaped knows no escapes but those of names and paths: \\, \' and \".
func unescaped(s string, raw bool) string {
	if raw || !strings.Contains(s, `\`) {
		return s
	}
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`).Replace(s)
}

func (l *lexer) add(kind byte, text string) {
	l.now.tokens = append(l.now.tokens, token{kind, text, l.line})
}

func isName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

// isPrefix tells whether a word in front of a quote belongs to the string.
func isPrefix(word string) bool {
	return len(word) <= 2 && strings.Trim(strings.ToLower(word), "rbuft") == ""
}

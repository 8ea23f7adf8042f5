package worker

import (
	"strings"

	"github.com/slipway-ci/slipway/builder/solve"
)

// pieceLen is the length at which a line that does not end comes in pieces
// (package solve): what follows is the same line's.
const pieceLen = 64 << 10

// mask hides secrets, also those that begin in one piece of a line and end in
// the next.
type mask struct {
	hide  *strings.Replacer // nil: nothing is to be hidden
	most  int               // of a secret's bytes that may be without its end
	carry map[string]string // by step: the end of the last piece, not told yet
}

func newMask(values []string) *mask {
	m := &mask{carry: map[string]string{}}
	forms := solve.Forms(values)
	if len(forms) == 0 {
		return m
	}
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, solve.Hidden)
	}
	m.hide, m.most = strings.NewReplacer(pairs...), len(forms[0])-1
	return m
}

// text makes a text harmless and hides what is secret in it.
func (m *mask) text(s string) string {
	s = harmless(s)
	if m.hide != nil {
		s = m.hide.Replace(s)
	}
	return s
}

// line is text for what a step prints. The end of a piece is kept back until
// the next one.
func (m *mask) line(step, s string) string {
	more := len(s) >= pieceLen
	if m.hide == nil {
		return harmless(s)
	}
	s = m.hide.Replace(m.carry[step] + harmless(s))
	delete(m.carry, step)
	if !more {
		return s
	}
	cut := cutAt(s, max(0, len(s)-m.most))
	m.carry[step] = s[cut:]
	return s[:cut]
}

// rest is what was kept back of a step.
func (m *mask) rest(step string) string {
	s := m.carry[step]
	delete(m.carry, step)
	return s
}

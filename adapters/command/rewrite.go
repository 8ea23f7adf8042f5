package command

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Rewrite puts other text in the place of the first words of a line's calls,
// wherever in the line they are. of is told the words of a call that are known
// before it runs, from the first one on, and says how many of them are
// replaced, 0 for none, and by what; what follows them stays behind the text.
// A line that no shell reads is left as it is.
func Rewrite(line string, of func(words []string) (drop int, text string)) string {
	if len(line) > MaxLine || strings.ContainsRune(line, 0) {
		return line
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(line), "")
	if err != nil {
		return line
	}
	_, flat := Sequence(line)
	var edits []edit
	syntax.Walk(file, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		if drop, text := of(known(call)); drop > 0 {
			edits = append(edits, replacement(line, call, drop, text, flat)...)
		}
		return true
	})
	slices.SortStableFunc(edits, func(a, b edit) int { return int(b.from) - int(a.from) })
	for _, e := range edits {
		line = line[:e.from] + e.text + line[e.to:]
	}
	return line
}

// edit is a piece of a line and what it becomes.
type edit struct {
	from, to uint
	text     string
}

// known are the words of a call up to the first whose text nobody knows.
func known(call *syntax.CallExpr) []string {
	var words []string
	for _, w := range call.Args {
		text, ok := literal(w)
		if !ok {
			break
		}
		words = append(words, text)
	}
	return words
}

// replacement is what becomes of a call. Several commands in the place of one
// are held together, unless the line is a sequence as they are; variables
// that are set for one command are exported to several.
func replacement(line string, call *syntax.CallExpr, drop int, text string, flat bool) []edit {
	e := edit{call.Args[0].Pos().Offset(), call.Args[drop-1].End().Offset(), text}
	if text == "" && drop < len(call.Args) {
		e.to = call.Args[drop].Pos().Offset()
	}
	parts, sequence := Sequence(text)
	end := call.End().Offset()
	set := line[call.Pos().Offset():e.from]
	switch {
	case text == "" || sequence && len(parts) == 1:
		return []edit{e}
	case flat && sequence && set == "":
		return []edit{e}
	case flat && sequence && strings.TrimSpace(line[end:]) == "":
		return []edit{{call.Pos().Offset(), e.to, "export " + set + "&& " + text}}
	case set == "":
		e.text = "{ " + text
		return []edit{{end, end, "; }"}, e}
	}
	return []edit{{end, end, " )"}, {call.Pos().Offset(), e.to, "( export " + set + "&& " + text}}
}

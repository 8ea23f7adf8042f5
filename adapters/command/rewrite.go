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
	size := len(line)
	syntax.Walk(file, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 || size > MaxLine { // nobody reads what is longer
			return size <= MaxLine
		}
		if drop, text := of(known(call)); drop > 0 {
			size += len(text)
			edits = append(edits, replacement(line, call, drop, text, flat)...)
		}
		return true
	})
	return edited(line, edits)
}

func edited(line string, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return int(a.from) - int(b.from) })
	var b strings.Builder
	at := uint(0)
	for _, e := range edits {
		b.WriteString(line[at:e.from] + e.text)
		at = e.to
	}
	b.WriteString(line[at:])
	return b.String()
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
	if sequence {
		e.text = strings.Join(parts, " && ") // without what would end the line: a comment, a semicolon
	}
	begin, end := call.Pos().Offset(), call.End().Offset()
	set := begin < e.from
	switch {
	case text == "" || sequence && (len(parts) == 1 || flat && !set):
		return []edit{e}
	case flat && sequence && strings.TrimSpace(line[end:]) == "":
		return []edit{{begin, begin, "export "}, {e.from, e.to, "&& " + e.text}}
	case !set:
		e.text = "{ " + e.text
		return []edit{e, {end, end, ended(text) + " }"}}
	}
	return []edit{{begin, begin, "( export "}, {e.from, e.to, "&& " + e.text}, {end, end, ended(text) + " )"}}
}

// ended is what ends the last command of a text, behind which others stand.
func ended(text string) string {
	if strings.ContainsAny(text, "#\n") || strings.HasSuffix(strings.TrimRight(text, " \t"), ";") || strings.HasSuffix(strings.TrimRight(text, " \t"), "&") {
		return "\n"
	}
	return ";"
}

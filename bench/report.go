package main

import (
	"fmt"
	"io"
	"strings"
)

// report prints rows as they are measured and all of them at the end.
type report struct {
	out  io.Writer
	rows []row
}

// row is one figure. Bar is empty when there is none.
type row struct {
	language string // "" for what has none
	what     string
	against  string
	figure   string
	bar      string
	met      bool
	note     string
}

func (r row) verdict() string {
	switch {
	case r.bar == "":
		return ""
	case r.met:
		return "met"
	default:
		return "NOT MET"
	}
}

func (r *report) section(name string) { fmt.Fprintf(r.out, "\n== %s\n", name) }

// say tells what goes on, so that minutes do not pass in silence.
func (r *report) say(format string, args ...any) { fmt.Fprintf(r.out, "  "+format+"\n", args...) }

func (r *report) add(x row) {
	r.rows = append(r.rows, x)
	name := x.what
	if x.against != "" {
		name += " against " + x.against
	}
	fmt.Fprintf(r.out, "%s: %s", strings.TrimSpace(x.language+" "+name), x.figure)
	if x.bar != "" {
		fmt.Fprintf(r.out, "; bar %s: %s", x.bar, x.verdict())
	}
	fmt.Fprintln(r.out)
	if x.note != "" {
		fmt.Fprintf(r.out, "    %s\n", x.note)
	}
}

func (r *report) notMeasured(name string, err error) {
	fmt.Fprintf(r.out, "  NOT MEASURED: %v\n", err)
	r.rows = append(r.rows, row{what: name + ": not measured to its end", figure: "–", note: err.Error()})
}

// summary is the table of all rows.
func (r *report) summary() {
	cells := [][]string{{"LANGUAGE", "WHAT", "AGAINST", "FIGURE", "BAR", ""}}
	for _, x := range r.rows {
		cells = append(cells, []string{x.language, x.what, x.against, x.figure, x.bar, x.verdict()})
	}
	wide := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, c := range line {
			wide[i] = max(wide[i], len([]rune(c)))
		}
	}
	fmt.Fprintln(r.out, "\n== all figures")
	for _, line := range cells {
		var b strings.Builder
		for i, c := range line {
			b.WriteString(c + strings.Repeat(" ", wide[i]-len([]rune(c))+2))
		}
		fmt.Fprintln(r.out, strings.TrimRight(b.String(), " "))
	}
}

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// table writes rows in columns, the first one being their names.
func table(w io.Writer, rows ...[]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(plainText(cell), "\t", " ")
		}
		fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	_ = t.Flush()
}

// plainText is text of others on one line and without colours.
func plainText(s string) string { return oneLine(colourless(printable(s))) }

// colourless takes out the colours that printable leaves.
func colourless(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		if n := colour(s); n > 0 {
			s = s[n:]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

func short(object string) string { return object[:min(8, len(object))] }

package worker

import (
	"bytes"
	"encoding/json"

	"github.com/slipway-ci/slipway"
)

// encode writes entries as the record keeps them, a line of JSON each.
func encode(entries []slipway.LogEntry) []byte {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	for _, e := range entries {
		_ = lines.Encode(e) //nolint:errchkjson // texts, numbers, and a time that was looked at
	}
	return b.Bytes()
}

// sizeOf is how many bytes encode writes for an entry, at most.
func sizeOf(e slipway.LogEntry) int {
	const around = 160 // names of fields, time, numbers, newline
	return around + escaped(e.Step) + escaped(e.Text) + escaped(e.Failed)
}

// escaped is how many bytes a text takes in JSON, at most.
func escaped(s string) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == escape || c == 0xe2: // \u001b; \u2028, whose first byte is e2
			n += 5
		case c < ' ' || c == '"' || c == '\\': // the others that harmless leaves have short forms
			n++
		}
	}
	return n
}

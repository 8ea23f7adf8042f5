package client

import (
	"bufio"
	"bytes"
	"io"
)

// event is a server-sent event, with the name log, build or end.
type event struct {
	name string
	id   string
	data []byte // lines joined with newlines
}

// maxEvent is the most bytes of a line and of an event: a chunk of a log has
// 64 KiB at most.
const maxEvent = 1 << 20

// events reads server-sent events and hands each whole one on. Heard is called
// for every line, comments too. It returns when the stream ends; what comes
// before the end of an event is not handed on.
func events(r io.Reader, heard func(), hand func(event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxEvent)
	var e event
	var data bytes.Buffer
	for lines.Scan() {
		heard()
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(lines.Bytes()) == 0:
			if e.data = data.Bytes(); e.name != "" {
				if err := hand(e); err != nil {
					return err
				}
			}
			e = event{}
			data.Reset()
		case string(field) == "event":
			e.name = string(value)
		case string(field) == "id":
			e.id = string(value)
		case string(field) == "data" && data.Len()+len(value) < maxEvent:
			if data.Len() > 0 {
				data.WriteByte('\n')
			}
			data.Write(value)
		}
	}
	return lines.Err()
}

// eachLine hands on the lines of a text, without their newlines.
func eachLine(r io.Reader, hand func([]byte)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxEvent)
	for lines.Scan() {
		hand(lines.Bytes())
	}
	return lines.Err()
}

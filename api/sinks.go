package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slipway-ci/slipway"
)

// eventSink writes server-sent events.
type eventSink struct{ out outlet }

func (e *eventSink) chunk(c slipway.Chunk) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %s\nevent: log\n", chunkID(c))
	for line := range bytes.Lines(c.Data) {
		b.WriteString("data: ")
		b.Write(bytes.ReplaceAll(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"), nil)) // a line of its own to a browser
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return e.out.write(b.Bytes())
}

func (e *eventSink) state(b slipway.Build) error { return e.event("build", b) }
func (e *eventSink) end(b slipway.Build) error   { return e.event("end", b) }

func (e *eventSink) event(name string, b slipway.Build) error {
	data, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return e.out.write(fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, data))
}

// beat says that the stream lives, to a reader who may still read it.
func (e *eventSink) beat() error {
	if err := e.out.allowed(); err != nil {
		return err
	}
	return e.out.write([]byte(": \n\n"))
}

// textSink writes lines: as they are stored, or for people.
type textSink struct {
	out     outlet
	raw     bool
	attempt int
}

func (t *textSink) chunk(c slipway.Chunk) error {
	if t.raw {
		return t.out.write(c.Data)
	}
	if text := t.lines(c); len(text) > 0 {
		return t.out.write(text)
	}
	return nil
}

// lines is a chunk for people.
func (t *textSink) lines(c slipway.Chunk) []byte {
	var b bytes.Buffer
	if t.attempt != 0 && c.Attempt != t.attempt {
		fmt.Fprintf(&b, "-- attempt %d --\n", c.Attempt)
	}
	t.attempt = c.Attempt
	for line := range bytes.Lines(c.Data) {
		b.WriteString(textOf(line))
	}
	return b.Bytes()
}

func (t *textSink) state(slipway.Build) error { return nil }

func (t *textSink) beat() error { return t.out.allowed() }

// Line is a stored line of a log for people, with its end; "" for what nobody
// wants to read. Nothing is in it that a terminal would obey.
func Line(stored []byte) string { return textOf(stored) }

// textOf is a stored line for people, with its newline; "" for what nobody
// wants to read.
func textOf(line []byte) string {
	var e slipway.LogEntry
	if err := json.Unmarshal(line, &e); err != nil {
		return plain(string(bytes.TrimRight(line, "\n"))) + "\n"
	}
	step := ""
	if e.Step != "" {
		step = plain(e.Step) + " | "
	}
	left := ""
	if e.Left > 0 {
		left = fmt.Sprintf("%s… %d bytes were not kept …\n", step, e.Left)
	}
	switch {
	case e.Request:
		return left
	case e.Begun:
		return left + step + "begins\n"
	case e.Failed != "":
		return left + everyLine(step, "failed: "+e.Failed)
	case e.Ended && e.Cached:
		return left + step + "found, not run\n"
	case e.Ended:
		return left + step + "done\n"
	default:
		return left + everyLine(step, e.Text)
	}
}

// everyLine begins each line of a text with its step, so that none can pass
// for another step's.
func everyLine(step, text string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(text, "\n") {
		b.WriteString(step + plain(part) + "\n")
	}
	return b.String()
}

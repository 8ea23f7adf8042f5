package jenkins

import (
	"bytes"
)

// What a console note is written between: a Java object that Jenkins would
// make a link or worse of.
const (
	noteBegin = "\x1b[8mha:"
	noteEnd   = "\x1b[0m"
)

// StripNotes takes the console notes out of a log. What is left has no begin
// of one, also where taking one out would make another.
func StripNotes(log []byte) []byte {
	if !bytes.Contains(log, []byte(noteBegin)) {
		return log
	}
	kept := make([]byte, 0, len(log))
	for i := 0; i < len(log); {
		kept = append(kept, log[i])
		i++
		if bytes.HasSuffix(kept, []byte(noteBegin)) {
			kept = kept[:len(kept)-len(noteBegin)]
			i += noteLength(log[i:])
		}
	}
	return kept
}

// noteLength is how much of what follows the begin of a note belongs to it:
// nothing where it does not end as one.
func noteLength(rest []byte) int {
	n := base64Length(rest)
	if !bytes.HasPrefix(rest[n:], []byte(noteEnd)) {
		return 0
	}
	return n + len(noteEnd)
}

func base64Length(b []byte) int {
	for i, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '+' && c != '/' && c != '=' {
			return i
		}
	}
	return len(b)
}

// openNote tells where a note begins at the end of a log that may go on: its
// length when there is none.
func openNote(log []byte) int {
	i := bytes.LastIndexByte(log, '\x1b')
	if i < 0 {
		return len(log)
	}
	tail := log[i:]
	switch {
	case len(tail) < len(noteBegin) && bytes.HasPrefix([]byte(noteBegin), tail):
		return i
	case bytes.HasPrefix(tail, []byte(noteBegin)) && base64Length(tail[len(noteBegin):]) == len(tail)-len(noteBegin):
		return i
	case len(tail) < len(noteEnd) && bytes.HasPrefix([]byte(noteEnd), tail):
		return openNoteBefore(log, i)
	}
	return len(log)
}

// openNoteBefore tells where a note begins whose end is cut in two at i.
func openNoteBefore(log []byte, i int) int {
	begin := bytes.LastIndex(log[:i], []byte(noteBegin))
	if begin < 0 || base64Length(log[begin+len(noteBegin):i]) != i-begin-len(noteBegin) {
		return i
	}
	return begin
}

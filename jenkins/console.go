package jenkins

import (
	"bytes"
	"context"
	"net/url"
	"strconv"

	"github.com/slipway-ci/slipway"
)

// ConsoleText reads a run's console from an offset on, at most so many bytes.
// The next offset is where to go on; more tells whether anything will come.
// Console notes are taken out and lines end as they do in the file, so the text
// may be shorter than the way from offset to offset, and empty.
//
// A log that has more than most ends with a whole line. Where Jenkins itself
// took notes out of it, the next part begins with some of what was read: it
// never says where in the text an offset is, and nothing is lost that way.
func (c *Client) ConsoleText(ctx context.Context, job string, number int, from, most int64) (text []byte, next int64, more bool, err error) {
	path, err := runPath(job, number)
	if err != nil {
		return nil, from, false, err
	}
	if from < 0 || most <= 0 {
		return nil, from, false, slipway.Errorf(slipway.CodeUsage, "%d bytes of a console cannot be read from %d on", most, from)
	}
	a, err := c.requester.get(ctx, path+"/logText/progressiveText", url.Values{"start": {strconv.FormatInt(from, 10)}}, min(most, maxJSON))
	if err != nil {
		return nil, from, true, err
	}
	size, err := strconv.ParseInt(a.header.Get("X-Text-Size"), 10, 64)
	if err != nil || size < 0 {
		return nil, from, true, slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s does not say how long the console of run %d of %s is", c.requester.at, number, job)
	}
	more = a.header.Get("X-More-Data") == "true"
	kept, next, cut := piece(a, from, size, more)
	if from > 0 {
		kept = kept[noteLength(kept):] // an offset may lie within a note
	}
	return bytes.ReplaceAll(StripNotes(kept), []byte("\r\n"), []byte("\n")), next, more || cut, nil
}

// piece says how much of an answer is given now, and from which offset on the
// rest is.
func piece(a answer, from, size int64, more bool) (kept []byte, next int64, cut bool) {
	kept = a.body
	inFile := fileLength(a.body)
	switch {
	case a.cut:
		if i := bytes.LastIndexByte(kept, '\n'); i >= 0 {
			kept = kept[:i+1]
		} else if i := openNote(kept); i > 0 {
			kept = kept[:i]
		}
		return kept, from + inFile(kept), true
	case more && from+inFile(kept) == size: // nothing was taken out of it
		kept = kept[:openNote(kept)]
		return kept, from + inFile(kept), false
	}
	return kept, size, false
}

// fileLength gives the length that parts of an answer have in the console's
// file. Jenkins ends each line with two bytes, also those that end with one
// there. Where both were there it is too short, and something is read twice.
func fileLength(body []byte) func(part []byte) int64 {
	added := bytes.Count(body, []byte("\r\n")) == bytes.Count(body, []byte("\n"))
	return func(part []byte) int64 {
		if !added {
			return int64(len(part))
		}
		return int64(len(part) - bytes.Count(part, []byte("\r\n")))
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// logReader follows a log and sees that each line comes once, in order.
type logReader struct {
	from  io.ReadCloser
	lines int
	last  time.Time // when the last line came
	err   error
}

// follow opens a build's log from its begin.
func (p *plane) follow(ctx context.Context, build int64) (*logReader, error) {
	resp, err := p.get(ctx, fmt.Sprintf("/api/v1/builds/%d/log/stream", build)) //nolint:bodyclose // read closes it
	if err != nil {
		return nil, err
	}
	return &logReader{from: resp.Body}, nil
}

// read reads until the build has ended.
func (r *logReader) read() {
	ended := false
	in := bufio.NewReaderSize(r.from, 128<<10)
	for r.err == nil && !ended {
		var line []byte
		if line, r.err = in.ReadSlice('\n'); r.err != nil {
			break
		}
		if bytes.HasPrefix(line, []byte("event: end")) {
			ended = true
		} else if _, rest, ok := bytes.Cut(line, []byte(lineMark)); ok {
			r.number(rest)
		}
	}
	r.err = errors.Join(r.err, r.from.Close())
}

// number sees that a line is the next one.
func (r *logReader) number(text []byte) {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	if n != r.lines {
		r.err = fmt.Errorf("line %d came in the place of line %d", n, r.lines)
		return
	}
	r.lines++
	r.last = time.Now()
}

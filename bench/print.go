package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

// printed is what a hand printed.
type printed struct {
	lines  int
	chunks sample // milliseconds until each was committed
	took   time.Duration
	ended  time.Time // when the last one was
}

// chunkLines are as many lines as fit into a chunk.
const chunkLines = 450

// ahead is how many chunks wait for the record before whoever prints does, as
// in a worker.
const ahead = 4

// print sends lines at a pace: what falls behind is sent at once. A chunk is
// as a worker makes it: full, or of a quarter of a second.
func (h *hand) print(ctx context.Context, a slipway.Attempt, perSecond int, long time.Duration) (p printed, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun, renewed := time.Now(), time.Now()
	for c := range chunked(ctx, begun, perSecond, int(float64(perSecond)*long.Seconds())) {
		sent := time.Now()
		if err := h.Append(ctx, a, len(p.chunks)+1, c.data); err != nil {
			return p, err
		}
		p.chunks, p.lines = append(p.chunks, since(sent, time.Now())), p.lines+c.lines
		if time.Since(renewed) > 5*time.Second {
			renewed = time.Now()
			if _, err := h.Renew(ctx, a); err != nil {
				return p, err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return p, err
	}
	p.ended = time.Now()
	p.took = p.ended.Sub(begun)
	return p, h.Finish(ctx, a, len(p.chunks), slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: "it only printed"})
}

// chunk is lines on their way.
type chunk struct {
	data  []byte
	lines int
}

// chunked makes chunks of lines when the last of their lines is printed.
func chunked(ctx context.Context, begun time.Time, perSecond, total int) <-chan chunk {
	out := make(chan chunk, ahead)
	go func() {
		defer close(out)
		for at := 0; at < total; {
			n := min(chunkLines, perSecond/4, total-at)
			due := begun.Add(time.Duration(float64(at+n) / float64(perSecond) * float64(time.Second)))
			if until(ctx, due) != nil {
				return
			}
			select {
			case out <- chunk{lines(at, n), n}:
			case <-ctx.Done():
				return
			}
			at += n
		}
	}()
	return out
}

// until waits for a time that may have passed.
func until(ctx context.Context, at time.Time) error {
	left := time.Until(at)
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// lineMark is before the number of each line.
const lineMark = `line `

// lines are as the record keeps them, numbered.
func lines(from, n int) []byte {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	now := time.Now()
	for i := range n {
		_ = to.Encode(slipway.LogEntry{Time: now, Step: "compile", Text: fmt.Sprintf(lineMark+"%d of a compiler that has much to say of little", from+i)}) //nolint:errchkjson // texts and a time of today
	}
	return b.Bytes()
}

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/slipway-ci/slipway"
)

// Reader is told of a build that is followed, from one goroutine.
type Reader interface {
	Entry(slipway.LogEntry) // a line of the log, or a step's begin or end
	State(slipway.Build)    // it has begun, or gone back to the queue
	Lost(error)             // the server is not heard; it is tried again
}

const (
	silence    = 45 * time.Second // three heartbeats
	firstPause = 500 * time.Millisecond
	longPause  = 10 * time.Second
)

// errGone ends a stream of which nothing was heard for too long.
var errGone = errors.New("the server is silent")

// Follow hands a build's log to a reader until the build ends, and gives the
// build then. A connection that breaks is made again, and the log goes on
// where it stopped: each entry comes once.
func (c *Client) Follow(ctx context.Context, build int64, to Reader) (slipway.Build, error) {
	f := &follower{client: c, build: build, to: to, pause: firstPause}
	for {
		err := f.read(ctx)
		switch {
		case f.ended:
			return f.last, nil
		case ctx.Err() != nil:
			return f.last, ctx.Err()
		case err != nil && !slipway.Passing(err): // a stream that ended is begun again
			return f.last, err
		}
		to.Lost(err)
		select {
		case <-ctx.Done():
			return f.last, ctx.Err()
		case <-time.After(f.pause):
		}
		f.pause = min(2*f.pause, longPause)
	}
}

type follower struct {
	client *Client
	build  int64
	to     Reader
	after  string // id of the last event that was handed on
	pause  time.Duration
	last   slipway.Build
	ended  bool
}

// read reads one connection to its end.
func (f *follower) read(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watchdog := time.AfterFunc(silence, func() { stop(errGone) })
	defer watchdog.Stop()
	headers := []string{"Accept", "text/event-stream"}
	if f.after != "" {
		headers = append(headers, "Last-Event-ID", f.after)
	}
	response, err := f.client.send(ctx, http.MethodGet, path("builds", f.build, "log", "stream"), nil, nil, headers...)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	err = events(response.Body, func() { watchdog.Reset(silence) }, f.hand)
	if err == nil || slipway.ErrorCode(err) == slipway.CodeInternal {
		return slipway.Errorf(slipway.CodeUnavailable, "the connection to %s broke", f.client.server).Because(err)
	}
	return err
}

func (f *follower) hand(e event) error {
	f.pause = firstPause
	switch e.name {
	case "log":
		for line := range bytes.Lines(e.data) {
			f.to.Entry(entryOf(line))
		}
		if e.id != "" {
			f.after = e.id
		}
	case "build", "end":
		var b slipway.Build
		if err := json.Unmarshal(e.data, &b); err != nil {
			return slipway.Errorf(slipway.CodeUsage, "%s tells of a build what this release does not understand", f.client.server).Because(err)
		}
		f.last, f.ended = b, e.name == "end"
		f.to.State(b)
	}
	return nil
}

// entryOf reads a line; one that is no entry is text.
func entryOf(line []byte) slipway.LogEntry {
	var e slipway.LogEntry
	if err := json.Unmarshal(line, &e); err != nil {
		return slipway.LogEntry{Text: string(bytes.TrimRight(line, "\n"))}
	}
	return e
}

// Log hands what there is of a build's log to a function, entry by entry.
func (c *Client) Log(ctx context.Context, build int64, hand func(slipway.LogEntry)) error {
	response, err := c.send(ctx, http.MethodGet, path("builds", build, "log"), nil, nil, "Accept", "application/x-ndjson")
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	return eachLine(response.Body, func(line []byte) { hand(entryOf(line)) })
}

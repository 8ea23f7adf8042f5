package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

const (
	ndjson      = "application/x-ndjson"
	eventStream = "text/event-stream"
)

// showLog writes a log as far as it is there, or until its build has ended.
func (s *server) showLog(r *request) (any, error) {
	follow, err := r.flag("follow")
	if err != nil {
		return nil, err
	}
	after, parted := r.c.GetQuery("after")
	if parted && follow {
		return nil, slipway.Errorf(slipway.CodeUsage, "after asks for a part of the log, and follow for all that comes").WithHint("leave one of them out; log/stream takes both")
	}
	to := &textSink{out: s.outlet(r)}
	kind := "text/plain; charset=utf-8"
	if strings.Contains(r.c.GetHeader("Accept"), ndjson) {
		kind, to.raw = ndjson, true
	}
	r.c.Header("Content-Type", kind)
	r.c.Header("Slipway-Attempt", strconv.Itoa(r.build.Attempt))
	if parted {
		return nil, s.showPart(r, after, to)
	}
	if !follow {
		_, err := s.catchUp(r.ctx(), r.build.ID, slipway.Chunk{}, to)
		return nil, err
	}
	return nil, s.streaming(r, func() error {
		_, err := s.watch(r.ctx(), r.build.ID, slipway.Chunk{}, to)
		return err
	})
}

// showPart writes at most a batch of what comes after a part, for one who asks
// again and again: the header says where to go on and how the build stood
// before its log was read, so that an ended one's log is whole where there is
// no more.
func (s *server) showPart(r *request, id string, to *textSink) error {
	after, err := s.readUpTo(r, id)
	if err != nil {
		return err
	}
	chunks, err := s.Record.Log(r.ctx(), r.build.ID, after, batch)
	if err != nil {
		return err
	}
	to.attempt = after.Attempt
	next := after
	if len(chunks) > 0 {
		next = chunks[len(chunks)-1]
	}
	r.c.Header("Slipway-Next", chunkID(next))
	r.c.Header("Slipway-More", strconv.FormatBool(len(chunks) == batch))
	r.c.Header("Slipway-State", string(r.build.State))
	r.c.Status(http.StatusOK) // also without a line
	for _, c := range chunks {
		if err := to.chunk(c); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) flag(name string) (bool, error) {
	switch text := r.c.Query(name); text {
	case "", "false", "0":
		return false, nil
	case "true", "1":
		return true, nil
	default:
		return false, slipway.Errorf(slipway.CodeUsage, "%s is %.20q, neither true nor false", name, text)
	}
}

// streamLog sends a log as server-sent events. Each chunk is an event whose
// id a reader gives back to go on without a gap.
func (s *server) streamLog(r *request) (any, error) {
	from := r.c.GetHeader("Last-Event-ID")
	if from == "" {
		from = r.c.Query("after")
	}
	after, err := s.readUpTo(r, from)
	if err != nil {
		return nil, err
	}
	to := &eventSink{s.outlet(r)}
	return nil, s.streaming(r, func() error {
		r.c.Header("Content-Type", eventStream)
		if err := to.beat(); err != nil { // the headers go out
			return err
		}
		b, err := s.watch(r.ctx(), r.build.ID, after, to)
		if err != nil {
			return err
		}
		return to.end(b)
	})
}

// streaming runs one of the streams that may be open at once. That its reader
// went away is no error.
func (s *server) streaming(r *request, run func() error) error {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		return slipway.Errorf(slipway.CodeBusy, "%d streams are open already", maxStreams)
	}
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	if err := run(); err != nil && r.ctx().Err() == nil {
		return err
	}
	return nil
}

// readUpTo gives the chunk that a reader names as its last one. One that is
// not in the log is refused: others would wait with the reader for what is
// never there.
func (s *server) readUpTo(r *request, id string) (slipway.Chunk, error) {
	after, err := chunkOf(id)
	if err != nil || after.Number == 0 {
		return slipway.Chunk{}, err
	}
	there, err := s.Record.Log(r.ctx(), r.build.ID, slipway.Chunk{Attempt: after.Attempt, Number: after.Number - 1}, 1)
	if err == nil && (len(there) == 0 || there[0].Attempt != after.Attempt || there[0].Number != after.Number) {
		err = slipway.Errorf(slipway.CodeUsage, "the log of build %d has no part %s", r.build.ID, id).WithHint("begin without one")
	}
	return after, err
}

// chunkOf reads an event's id, ATTEMPT-NUMBER; "" is the log's begin.
func chunkOf(id string) (slipway.Chunk, error) {
	if id == "" {
		return slipway.Chunk{}, nil
	}
	attempt, number, ok := strings.Cut(id, "-")
	a, errA := strconv.ParseUint(attempt, 10, 31)
	n, errN := strconv.ParseUint(number, 10, 31)
	if !ok || errA != nil || errN != nil {
		return slipway.Chunk{}, slipway.Errorf(slipway.CodeUsage, "%.40q is not the id of a log's part", id).WithHint("write ATTEMPT-NUMBER")
	}
	return slipway.Chunk{Attempt: int(a), Number: int(n)}, nil
}

func chunkID(c slipway.Chunk) string { return fmt.Sprintf("%d-%d", c.Attempt, c.Number) }

// outlet writes to one reader, who has a time for each piece, and is still
// allowed to read.
type outlet struct {
	w       http.ResponseWriter
	control *http.ResponseController
	allowed func() error
}

func (s *server) outlet(r *request) outlet {
	return outlet{w: r.c.Writer, control: http.NewResponseController(r.c.Writer), allowed: func() error {
		if r.ticket != 0 {
			return s.openTicket(r, r.bearer)
		}
		_, err := s.Record.TokenOf(r.ctx(), r.hash, s.Now())
		return err
	}}
}

func (o outlet) write(text []byte) error {
	deadline(o.control.SetWriteDeadline, writeTime)
	defer o.control.SetWriteDeadline(time.Time{}) //nolint:errcheck // the connection's next answer has none
	if _, err := o.w.Write(text); err != nil {
		return err
	}
	return o.control.Flush()
}

package worker

import (
	"context"
	"log/slog"

	"github.com/slipway-ci/slipway"
)

// sender sends chunks to the record, in order and numbered without a gap.
type sender struct {
	attempt *attempt
	chunks  chan []byte
	done    chan struct{} // closed when all were sent
	sent    int           // that the record has; after done
	failed  bool          // one was not taken; after done
}

// ahead is how many chunks wait for the record before whoever prints does.
const ahead = 4

func newSender(a *attempt) *sender {
	s := &sender{attempt: a, chunks: make(chan []byte, ahead), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *sender) run() {
	defer close(s.done)
	a := s.attempt
	for data := range s.chunks {
		if s.failed {
			continue // the rest would leave a gap
		}
		err := a.worker.builds.Append(a.telling, a.Attempt, s.sent+1, data)
		if err == nil {
			s.sent++
			continue
		}
		s.failed = true
		if a.telling.Err() == nil && slipway.ErrorCode(a.told(err)) != slipway.CodeConflict {
			a.worker.config.Log.ErrorContext(a.telling, "a build ends because its log is not taken", slog.Int64("build", a.Attempt.Build), slog.Any("error", err))
			a.cancel(errNoLog)
		}
	}
}

// send waits until there is room for a chunk, and tells false when ctx ended
// first.
func (s *sender) send(ctx context.Context, data []byte) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case s.chunks <- data:
		return true
	case <-ctx.Done():
		return false
	}
}

// close waits until everything was sent, or nothing more is to be said. It
// gives how many chunks the record has and whether they are all.
func (s *sender) close() (sent int, whole bool) {
	close(s.chunks)
	<-s.done
	return s.sent, !s.failed
}

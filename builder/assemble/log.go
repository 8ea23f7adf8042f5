package assemble

import (
	"bufio"
	"io"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// serialLog lets goroutines share a log that takes one call at a time.
type serialLog struct {
	mu sync.Mutex
	to slipway.Log // nil: nobody listens
}

func (l *serialLog) line(step, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.to != nil {
		l.to.Line(slipway.LogLine{Time: time.Now(), Step: step, Text: text})
	}
}

// step runs something as a step of the log.
func (l *serialLog) step(name string, run func() error) error {
	e := slipway.StepEvent{Step: name, Started: time.Now(), Internal: true}
	l.event(e)
	err := run()
	if err != nil {
		e.Error = err.Error()
	}
	e.Ended = time.Now()
	l.event(e)
	return err
}

func (l *serialLog) event(e slipway.StepEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.to != nil {
		l.to.Event(e)
	}
}

// copyLines logs what r gives, line by line, until it ends. A line longer
// than 64 KiB is cut off, the rest is read and dropped.
func (l *serialLog) copyLines(step string, r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		l.line(step, lines.Text())
	}
	_, _ = io.Copy(io.Discard, r)
}

package engine

import (
	"io"
	"strings"
	"sync"
)

// tailBytes is how much of the daemon's last words an error carries.
const tailBytes = 2048

// tail passes the daemon's log on and keeps its end. A log that cannot be
// written does not stop the daemon.
type tail struct {
	to   io.Writer
	mu   sync.Mutex
	last []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if extra := len(t.last) - tailBytes; extra > 0 {
		t.last = append([]byte(nil), t.last[extra:]...)
	}
	_, _ = t.to.Write(p) // the engine matters more than its log
	return len(p), nil
}

// lines gives the last whole lines.
func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.last))
	if len(t.last) == tailBytes {
		_, text, _ = strings.Cut(text, "\n")
	}
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

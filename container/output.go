package container

import (
	"io"
	"sync"
)

// maxOutput is how much of each stream is kept.
const maxOutput = 1 << 20

// output keeps the beginning of a stream and passes all of it on. It never
// fails and never blocks for want of memory.
type output struct {
	mu   sync.Mutex
	kept []byte
	next io.Writer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, p[:min(len(p), maxOutput-len(o.kept))]...)
	if o.next != nil {
		if _, err := o.next.Write(p); err != nil {
			o.next = nil // whoever looked on has gone; the program goes on
		}
	}
	return len(p), nil
}

// String gives what was kept.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.kept)
}

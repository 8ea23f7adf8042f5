package worker

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// journal is an attempt's log on its way to the record. Its begin is sent as
// it comes, in chunks, and whoever prints waits when the record is slow: no
// line is lost and memory is bounded. What comes after Config.Head bytes, or
// after the build was ended, goes through a tail of which the last
// Config.Tail bytes are sent at the end.
type journal struct {
	attempt *attempt
	sender  *sender

	mu      sync.Mutex
	mask    *mask
	pending []slipway.LogEntry // not sent yet
	size    int                // of pending, as it will be sent
	head    int64              // bytes that may still be sent at once
	tail    tail
	timer   *time.Timer // sends what is pending
	closed  bool
}

const (
	// chunkSize and chunkTime are when a chunk is sent, whichever comes first.
	chunkSize = 64 << 10
	chunkTime = 250 * time.Millisecond
	// longestLine is where a line is broken, and longestName what is kept of a
	// step's name: an entry always fits into a chunk.
	longestLine = 16 << 10
	longestName = 256
	// wonder is how long plumbing may take before a person wants to know.
	wonder = 2 * time.Second
)

func newJournal(a *attempt) *journal {
	secrets := slices.Concat(slices.Collect(maps.Values(a.Secrets)), a.Mask, []string{a.Origin.Credential.Password, a.Origin.Credential.SSHKey})
	j := &journal{attempt: a, sender: newSender(a), mask: newMask(secrets), head: a.worker.config.Head, tail: tail{most: a.worker.config.Tail}}
	j.timer = time.AfterFunc(time.Hour, j.due)
	j.timer.Stop()
	return j
}

// Line implements slipway.Log.
func (j *journal) Line(l slipway.LogLine) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines(slipway.LogEntry{Time: l.Time, Step: l.Step, Request: l.Request}, j.mask.line(l.Step, l.Text))
}

// Event implements slipway.Log.
func (j *journal) Event(e slipway.StepEvent) {
	done := !e.Ended.IsZero()
	if e.Internal && (!done || e.Ended.Sub(e.Started) < wonder) && e.Error == "" {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	entry := slipway.LogEntry{Time: e.Started, Step: e.Step, Begun: !done}
	if done {
		entry.Time, entry.Ended, entry.Cached = e.Ended, true, e.Cached
		entry.Failed = clip(j.mask.text(e.Error), longestLine)
		j.rest(e.Step)
	}
	j.add(entry)
}

// clean is a text as the log would have it.
func (j *journal) clean(s string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.mask.text(s)
}

// rest adds what was kept back of a step's last line.
func (j *journal) rest(step string) {
	if text := j.mask.rest(step); text != "" {
		j.lines(slipway.LogEntry{Step: step}, text)
	}
}

// lines adds a line, in parts when it is long.
func (j *journal) lines(e slipway.LogEntry, text string) {
	for {
		cut := cutAt(text, longestLine)
		if cut == 0 { // nothing, or a colour that has no end
			cut = len(text)
		}
		e.Text, text = text[:cut], text[cut:]
		j.add(e)
		if text == "" {
			return
		}
	}
}

// add adds an entry, and waits when the record is slow.
func (j *journal) add(e slipway.LogEntry) {
	if j.closed {
		return
	}
	if year := e.Time.Year(); year < 1970 || year > 9999 { // none, or none that JSON can say
		e.Time = j.attempt.worker.config.Now()
	}
	e.Step = clip(e.Step, longestName)
	if j.head <= 0 {
		j.tail.push(e)
		return
	}
	size := sizeOf(e)
	if j.size+size > chunkSize {
		j.flush()
	}
	if j.head <= 0 { // the flush found the build ended
		j.tail.push(e)
		return
	}
	if j.size == 0 {
		j.timer.Reset(chunkTime)
	}
	j.pending, j.size, j.head = append(j.pending, e), j.size+size, j.head-int64(size)
}

// due sends what has waited long enough.
func (j *journal) due() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.flush()
}

// flush hands what is pending to the sender. When the build ends meanwhile,
// nobody must wait for the record any more: then it is the tail's.
func (j *journal) flush() {
	if len(j.pending) == 0 {
		return
	}
	if !j.sender.send(j.attempt.ctx, encode(j.pending)) {
		j.head = 0
		for _, e := range j.pending {
			j.tail.push(e)
		}
	}
	j.pending, j.size = nil, 0
}

// close sends what is left and waits for it. It gives the number of chunks
// that the record has, and whether they are the whole log.
func (j *journal) close() (chunks int, whole bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.timer.Stop()
	for _, step := range slices.Sorted(maps.Keys(j.mask.carry)) {
		j.rest(step)
	}
	j.closed = true
	rest := slices.Concat(j.pending, j.tail.entries())
	j.pending = nil
	for len(rest) > 0 {
		n, size := 1, sizeOf(rest[0])
		for n < len(rest) && size+sizeOf(rest[n]) <= chunkSize {
			size += sizeOf(rest[n])
			n++
		}
		if !j.sender.send(j.attempt.telling, encode(rest[:n])) {
			break
		}
		rest = rest[n:]
	}
	return j.sender.close()
}

// drop ends the log without sending more.
func (j *journal) drop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.timer.Stop()
	j.closed, j.pending = true, nil
	j.sender.close()
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:cutAt(s, n)] + "…"
}

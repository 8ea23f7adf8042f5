package worker

import "github.com/slipway-ci/slipway"

// tail keeps the last entries of a log, and counts what it did not keep.
type tail struct {
	most int64 // bytes, as they will be sent
	size int64
	kept []slipway.LogEntry
	gone int   // of kept: dropped, not cut off yet
	left int64 // bytes of text that were dropped
}

func (t *tail) push(e slipway.LogEntry) {
	t.kept, t.size = append(t.kept, e), t.size+int64(sizeOf(e))
	for t.size > t.most && t.gone < len(t.kept)-1 {
		first := &t.kept[t.gone]
		t.size -= int64(sizeOf(*first))
		t.left += int64(len(first.Text)) + 1
		*first = slipway.LogEntry{}
		t.gone++
	}
	if t.gone > len(t.kept)/2 {
		t.kept, t.gone = append([]slipway.LogEntry(nil), t.kept[t.gone:]...), 0
	}
}

// entries are what was kept; the first says what was not.
func (t *tail) entries() []slipway.LogEntry {
	kept := t.kept[t.gone:]
	if len(kept) > 0 {
		kept[0].Left = t.left
	}
	return kept
}

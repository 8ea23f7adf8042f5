package queue_test

import (
	"bytes"
	"testing"

	"github.com/slipway-ci/slipway"
)

// BenchmarkWorker_Append has a worker send chunks of a log, one after the
// other, to a control plane that takes and forgets them.
func BenchmarkWorker_Append(b *testing.B) {
	s := start(b, b.TempDir(), "127.0.0.1:0")
	serve(b, newControl(b, s), newRecord())
	w := newWorker(b, s, "w1")
	data := bytes.Repeat([]byte(`{"t":"2026-11-24T12:00:00.123456Z","s":"compile","x":"line 1234567 of a compiler"}`+"\n"), 700)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := w.Append(b.Context(), slipway.Attempt{Build: 7, Number: 1}, 1, data); err != nil {
			b.Fatal(err)
		}
	}
}

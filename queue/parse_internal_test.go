package queue

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"protocol":1,"body":{"build":7}}`))
	f.Add([]byte(`{"protocol":1,"body":{"attempt":{"build":7,"number":1},"chunks":2,"outcome":{"State":"failed"}}}`))
	f.Add([]byte(`{"protocol":1,"body":{"data":"AAAA","number":1}}`))
	f.Add([]byte(`{"body":{"expansion":{"services":[{"name":"x"}]}}}`))
	f.Add([]byte(`{"protocol":1,"body":{"number":1}}` + "\nraw\n"))
	f.Add([]byte(`{"body":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, tail, err := unseal(verbChunk, data)
		if _, want, _ := bytes.Cut(data, []byte("\n")); !bytes.Equal(tail, want) {
			t.Errorf("%q has %q behind it", data, tail)
		}
		if err != nil {
			if code := slipway.ErrorCode(err); code != slipway.CodeInvalid && code != slipway.CodeUsage {
				t.Errorf("%q: %v", data, err)
			}
			return
		}
		for _, err := range []error{
			errOf(read[claimBody](e.Body)), errOf(read[appendBody](e.Body)), errOf(read[chunkBody](e.Body)), errOf(read[stampBody](e.Body)), errOf(read[finishBody](e.Body)),
			errOf(read[expandedBody](e.Body)), errOf(read[slipway.WorkerReport](e.Body)), errOf(read[slipway.Assignment](e.Result)),
		} {
			if err != nil && slipway.ErrorCode(err) != slipway.CodeInvalid {
				t.Errorf("%q: %v", data, err)
			}
		}
	})
}

func errOf[T any](_ T, err error) error { return err }

func FuzzAsker(f *testing.F) {
	for _, s := range []string{"sw.w.w1.claim", "sw.w..claim", "sw.w.w1", "sw.w.w1.a.b", "x", "sw.w.W1.claim"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		worker, verb, ok := asker(subject)
		if ok && (!slipway.ValidLabel(worker) || strings.Join([]string{"sw", "w", worker, verb}, ".") != subject) {
			t.Errorf("%q is %q, %q", subject, worker, verb)
		}
	})
}

func FuzzRecent(f *testing.F) {
	for _, s := range []string{"2.12.0", "2.11.9", "v3.0.0-RC.1", "2", "", "2.12", "-1.-2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, version string) {
		if recent(version) && !strings.ContainsAny(version, "23456789") && !strings.Contains(version, "1") {
			t.Errorf("%q is recent", version)
		}
	})
}

package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func logTests() []test {
	return []test{
		{"a build ends when its log is whole", (*record).logWhole},
		{"a log is read in order, across attempts", (*record).logOrder},
	}
}

func (r *record) logWhole(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	a := r.claim(t, build)
	done := slipway.Outcome{State: slipway.BuildSucceeded, Image: slipway.Image{Tag: "main-1", Digest: "sha256:x"}, Known: true}
	must(t, r.Append(t.Context(), a, 2, []byte("two")))
	wants(t, r.Finish(t.Context(), a, 2, done, noon), slipway.CodeConflict)
	if got := r.state(t, build).State; got != slipway.BuildRunning {
		t.Errorf("the build is %s although its log has a gap", got)
	}
	for range 2 { // an answer that was lost is asked for again
		must(t, r.Append(t.Context(), a, 1, []byte("one")))
	}
	must(t, r.Finish(t.Context(), a, 2, done, noon.Add(time.Second)))
	b := r.state(t, build)
	if b.State != slipway.BuildSucceeded || !b.Known || b.Image.Digest != "sha256:x" || !b.Ended.Equal(noon.Add(time.Second)) {
		t.Errorf("%+v", b)
	}
	wants(t, r.Append(t.Context(), a, 0, nil), slipway.CodeUsage)
	wants(t, r.Append(t.Context(), a, 1, make([]byte, store.MaxChunk+1)), slipway.CodeUsage)
	wants(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSuperseded}, noon), slipway.CodeUsage)
}

func (r *record) logOrder(t *testing.T) {
	t.Helper()
	build := r.build(t, "a")
	first := r.claim(t, build)
	must(t, r.Append(t.Context(), first, 1, []byte("1.1")))
	_, err := r.Expire(t.Context(), noon.Add(time.Hour))
	must(t, err)
	second := r.claim(t, build)
	for _, n := range []int{2, 1} {
		must(t, r.Append(t.Context(), second, n, fmt.Appendf(nil, "2.%d", n)))
	}
	var text []string
	after := slipway.Chunk{}
	for {
		chunks, err := r.Log(t.Context(), build, after, 1)
		must(t, err)
		if len(chunks) == 0 {
			break
		}
		after = chunks[0]
		text = append(text, string(after.Data))
	}
	if diff := cmp.Diff([]string{"1.1", "2.1", "2.2"}, text); diff != "" {
		t.Error(diff)
	}
}

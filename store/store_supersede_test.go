package store_test

import (
	"fmt"
	"testing"

	"github.com/slipway-ci/slipway"
)

func supersedeTests() []test {
	return []test{
		{"a later head supersedes what waits", (*record).supersedes},
		{"which builds give up their turn", (*record).supersedesWhere},
		{"an earlier event that is expanded late takes nobody's turn", (*record).expandsLate},
		{"what waits for a ref that is gone is let go", (*record).withdraws},
	}
}

func (r *record) supersedes(t *testing.T) {
	t.Helper()
	running := r.expand(t, r.push(t, "a")[0], "a", true)
	a := r.claim(t, running)
	waiting := r.expand(t, r.push(t, "b")[0], "b", true)
	last := r.expand(t, r.push(t, "c")[0], "c", true)
	for build, want := range map[int64]slipway.BuildState{running: slipway.BuildRunning, waiting: slipway.BuildSuperseded, last: slipway.BuildQueued} {
		if got := r.state(t, build).State; got != want {
			t.Errorf("build %d is %s, want %s", build, got, want)
		}
	}
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
	_, err := r.Claim(t.Context(), waiting, "w", noon, noon)
	wants(t, err, slipway.CodeConflict)
}

func (r *record) supersedesWhere(t *testing.T) {
	t.Helper()
	yes, no := true, false
	for i, c := range []struct {
		ref       string
		pull      *slipway.PullRequest
		unset     bool // the default branch is not known
		supersede *bool
		want      bool
	}{
		{ref: "refs/heads/main", want: false},
		{ref: "refs/heads/x", want: true},
		{ref: "refs/heads/y", unset: true, want: false},
		{ref: "refs/tags/v1", want: false},
		{ref: "refs/heads/main", pull: &slipway.PullRequest{Number: 1}, want: true},
		{ref: "refs/heads/main", pull: &slipway.PullRequest{Number: 2}, unset: true, want: true},
		{ref: "refs/heads/main", pull: &slipway.PullRequest{Number: 3}, supersede: &no, want: false},
		{ref: "refs/heads/main", supersede: &yes, want: true},
		{ref: "refs/heads/z", supersede: &no, want: false},
	} {
		p := slipway.ExpandPolicy{Default: "refs/heads/main"}
		if c.unset {
			p.Default = ""
		}
		var first int64
		for _, object := range []string{"a", "b"} {
			e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: c.ref, After: fmt.Sprint(object, i), Pull: c.pull}
			out := r.finds(t, r.receive(t, fmt.Sprint(i, object), e)[0], e.After, p, slipway.Found{Name: "cart", Supersede: c.supersede})
			if first == 0 {
				first = out.Builds[0]
			}
		}
		if got := r.state(t, first).State == slipway.BuildSuperseded; got != c.want {
			t.Errorf("%+v: superseded: %t", c, got)
		}
	}
}

func (r *record) expandsLate(t *testing.T) {
	t.Helper()
	first, second := r.push(t, "a")[0], r.push(t, "b")[0]
	later := r.expand(t, second, "b", true)
	late := r.expand(t, first, "a", true)
	if got := r.state(t, late); got.State != slipway.BuildSuperseded || got.Ended.IsZero() || got.Reason == "" {
		t.Errorf("%+v", got)
	}
	if got := r.state(t, later); got.State != slipway.BuildQueued {
		t.Errorf("%+v", got)
	}
}

func (r *record) withdraws(t *testing.T) {
	t.Helper()
	waiting := r.expand(t, r.push(t, "a")[0], "a", true)
	gone := r.push(t, "")[0]
	r.finds(t, gone, "", slipway.ExpandPolicy{})
	if b := r.state(t, waiting); b.State != slipway.BuildSuperseded || b.Reason != "refs/heads/main is gone" {
		t.Errorf("%+v", b)
	}
}

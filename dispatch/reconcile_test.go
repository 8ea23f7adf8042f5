package dispatch_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
)

// origin is a repository: each answer is what Heads gives next, the last one
// for ever.
type origin struct {
	answers []map[string]string
	asked   int
	wrong   error
	meant   func()
}

func (o *origin) Heads(context.Context, slipway.Connection, slipway.Credential) (map[string]string, error) {
	heads := o.answers[min(o.asked, len(o.answers)-1)]
	o.asked++
	if o.meant != nil {
		o.meant()
	}
	return heads, o.wrong
}

func reconciler(h *house, o *origin) *dispatch.Reconciler {
	return &dispatch.Reconciler{
		Known: h.record, Remote: o, Credentials: plain{}, Bell: (*bell)(h), Leader: (*leader)(h), Now: h.clock,
		Log: slog.New(slog.DiscardHandler),
	}
}

// looked lets the reconciler look once, and gives the refs and commits of the
// events that came of it.
func looked(t *testing.T, h *house, r *dispatch.Reconciler) map[string]string {
	t.Helper()
	before, err := h.record.Pending(t.Context(), 100)
	must(t, err)
	for range 30 { // each repository's turn comes within a minute, and then every five
		must(t, r.Round(t.Context()))
		h.after(15 * time.Second)
	}
	after, err := h.record.Pending(t.Context(), 100)
	must(t, err)
	got := map[string]string{}
	for _, e := range after[len(before):] {
		got[string(e.Event.Kind)+" "+e.Event.Ref] = e.Event.Before + ">" + e.Event.After
	}
	return got
}

func TestReconciler(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		known []slipway.Event
		heads []map[string]string
		want  map[string]string
	}{
		"nothing moved":            {[]slipway.Event{pushTo("main", "a")}, []map[string]string{{"refs/heads/main": sha("a")}}, map[string]string{}},
		"a known branch moved":     {[]slipway.Event{pushTo("fix", "a")}, []map[string]string{{"refs/heads/fix": sha("b")}}, map[string]string{"push refs/heads/fix": sha("a") + ">" + sha("b")}},
		"the first look":           {nil, []map[string]string{{"refs/heads/main": sha("a"), "refs/heads/x": sha("b"), "refs/tags/v1": sha("c"), "HEAD": sha("a")}}, map[string]string{"push refs/heads/main": ">" + sha("a")}},
		"a tag moved":              {[]slipway.Event{{Kind: slipway.EventTag, Ref: "refs/tags/v1", After: sha("a")}}, []map[string]string{{"refs/tags/v1": sha("b")}}, map[string]string{"tag refs/tags/v1": sha("a") + ">" + sha("b")}},
		"deletions are not told":   {[]slipway.Event{pushTo("fix", "a")}, []map[string]string{{"refs/heads/other": sha("a")}}, map[string]string{}},
		"what git would not allow": {nil, []map[string]string{{"refs/heads/main": "not a commit", "refs/heads/--x": sha("a")}}, map[string]string{}},
		"it moves while we look":   {[]slipway.Event{pushTo("main", "a")}, []map[string]string{{"refs/heads/main": sha("b")}, {"refs/heads/main": sha("c")}, {"refs/heads/main": sha("a")}}, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			for _, e := range test.known {
				h.push(t, e)
			}
			got := looked(t, h, reconciler(h, &origin{answers: test.heads}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A hook that arrives between our look at the repository and at the record is
// not undone.
func TestReconciler_hookIsQuicker(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.push(t, pushTo("main", "a"))
	o := &origin{answers: []map[string]string{{"refs/heads/main": sha("a")}, {"refs/heads/main": sha("b")}}}
	o.meant = func() {
		if o.asked == 1 {
			h.push(t, pushTo("main", "b"))
		}
	}
	looked(t, h, reconciler(h, o))
	if head, _, err := h.record.Head(t.Context(), h.connection.ID, "refs/heads/main"); err != nil || head != sha("b") {
		t.Fatal(head, err)
	}
}

// There and back again are moves each.
func TestReconciler_backAndForth(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.push(t, pushTo("main", "a"))
	o := &origin{answers: []map[string]string{{}}}
	r := reconciler(h, o)
	for _, commit := range []string{"b", "a", "b"} {
		o.answers = []map[string]string{{"refs/heads/main": sha(commit)}}
		if got := looked(t, h, r); len(got) != 1 {
			t.Fatal(commit, got)
		}
	}
}

// One that does not answer is asked less and less often.
func TestReconciler_backsOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	o := &origin{answers: []map[string]string{{}}, wrong: errors.New("no route to host")}
	r := reconciler(h, o)
	for range 12 * 60 {
		must(t, r.Round(t.Context()))
		h.after(time.Minute)
	}
	if o.asked < 8 || o.asked > 14 {
		t.Errorf("asked %d times in 12 hours", o.asked)
	}
	o.wrong = nil
	for range 3 * 60 {
		must(t, r.Round(t.Context()))
		h.after(time.Minute)
	}
	if o.asked < 25 {
		t.Errorf("asked %d times, though it answers again", o.asked)
	}
}

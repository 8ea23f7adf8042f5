package dispatch_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

// sees says for a worker what it found, and where it saw the branch stand
// after that; "" when the repository did not say.
func (h *house) sees(t *testing.T, event int64, commit, head string, at time.Time, services ...string) {
	t.Helper()
	x := found(commit, services...)
	x.Read = at
	if head != "" {
		x.Head = sha(head)
	}
	must(t, h.Expanded(t.Context(), "w1", event, x))
}

func (h *house) head(t *testing.T, ref string) string {
	t.Helper()
	head, _, err := h.record.Head(t.Context(), h.connection.ID, ref)
	must(t, err)
	return head[:min(len(head), 1)]
}

// TestTags_heads has hooks and builds in any order: the tags are of where the
// repository has the branch. Events and builds are numbered as they come.
func TestTags_heads(t *testing.T) {
	t.Parallel()
	type step func(s stage)
	hook := func(commit string) step {
		return func(s stage) { s.h.push(s.t, pushTo("main", commit)) }
	}
	// asked has somebody ask for a build of a commit.
	asked := func(commit string) step {
		return func(s stage) {
			e := slipway.Event{Kind: slipway.EventManual, Repository: "shop/cart", Ref: "refs/heads/main", After: sha(commit)}
			_, err := s.h.record.Start(s.t.Context(), s.h.connection.ID, e, noon)
			must(s.t, err)
		}
	}
	// reads has a worker read an event: the commit, where the branch stood after
	// that, and what cart is made of, which is the commit when it is not said.
	reads := func(event int64, commit, head string, inputs ...string) step {
		return func(s stage) {
			s.h.after(time.Second)
			s.h.sees(s.t, event, commit, head, s.h.clock(), "cart="+append(inputs, commit)[0])
		}
	}
	readEarlier := func(event int64, commit, head string) step {
		return func(s stage) { s.h.sees(s.t, event, commit, head, noon, "cart="+commit) }
	}
	built := func(id int64) step {
		return func(s stage) { s.h.end(s.t, s.h.claim(s.t, "w1", id), slipway.BuildSucceeded) }
	}
	fails := func(id int64) step {
		return func(s stage) { s.h.end(s.t, s.h.claim(s.t, "w1", id), slipway.BuildFailed) }
	}
	// stands has the reconciler look at the repository.
	stands := func(commit string) step {
		return func(s stage) {
			looked(s.t, s.h, reconciler(s.h, &origin{answers: []map[string]string{{"refs/heads/main": sha(commit)}}}))
		}
	}
	// The tag after each step that moves it.
	for name, test := range map[string]struct {
		steps []step
		want  []string
	}{
		"hooks in their order":                   {[]step{hook("a"), reads(1, "a", "a"), built(1), hook("b"), reads(2, "b", "b"), built(2)}, []string{"a", "b"}},
		"there and back again":                   {[]step{hook("a"), reads(1, "a", "a"), built(1), hook("b"), reads(2, "b", "b"), built(2), hook("a"), reads(3, "a", "a"), built(3)}, []string{"a", "b", "a"}},
		"hooks in the other order":               {[]step{hook("b"), hook("a"), reads(1, "b", "b"), reads(2, "a", "b"), built(1), built(2)}, []string{"b"}},
		"and the builds, too":                    {[]step{hook("b"), hook("a"), reads(1, "b", "b"), reads(2, "a", "b"), built(2), built(1)}, []string{"b"}},
		"a late hook while the head is built":    {[]step{hook("b"), reads(1, "b", "b"), hook("a"), reads(2, "a", "b"), built(2), built(1)}, []string{"b"}},
		"a late hook after the head was built":   {[]step{hook("b"), reads(1, "b", "b"), built(1), hook("a"), reads(2, "a", "b"), built(2)}, []string{"b"}},
		"a late hook, and the head failed":       {[]step{hook("b"), reads(1, "b", "b"), fails(1), hook("a"), reads(2, "a", "b"), built(2)}, nil},
		"a late hook that nobody has read":       {[]step{hook("b"), reads(1, "b", "b"), hook("a"), built(1)}, []string{"b"}},
		"expansions that end in the other order": {[]step{hook("a"), hook("b"), reads(2, "b", "b"), readEarlier(1, "a", "a"), built(1), built(2)}, []string{"b"}},
		"the head is told of and not read":       {[]step{hook("a"), hook("b"), reads(1, "a", "b"), built(1), reads(2, "b", "b"), built(2)}, []string{"b"}},
		"and then it did not change anything":    {[]step{hook("a"), hook("b"), reads(1, "a", "b", "x"), built(1), reads(2, "b", "b", "x")}, []string{"a"}},
		"what is built before its hook comes":    {[]step{hook("0"), reads(1, "0", "0"), built(1), asked("b"), reads(2, "b", "b"), built(2), hook("b"), reads(3, "b", "b")}, []string{"0", "b"}},
		"a lost hook":                            {[]step{hook("a"), reads(1, "a", "a"), built(1), stands("b"), reads(2, "b", "b"), built(2)}, []string{"a", "b"}},
		"a lost hook of what is built":           {[]step{hook("0"), reads(1, "0", "0"), built(1), asked("b"), reads(2, "b", "b"), built(2), stands("b"), reads(3, "b", "b")}, []string{"0", "b"}},
		"nobody says where it stands":            {[]step{hook("a"), reads(1, "a", ""), built(1), hook("b"), reads(2, "b", ""), built(2)}, []string{"a", "b"}},
		"nobody says it any more":                {[]step{hook("a"), reads(1, "a", "a"), built(1), hook("b"), reads(2, "b", ""), built(2), stands("b")}, []string{"a", "b"}},
		"back to what a late hook told of":       {[]step{hook("b"), reads(1, "b", "b"), built(1), hook("a"), reads(2, "a", "b"), built(2), stands("a")}, []string{"b", "a"}},
		"seen where it was, after a late hook":   {[]step{hook("b"), reads(1, "b", "b"), hook("a"), reads(2, "a", "b"), stands("b"), built(2), built(1)}, []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			deliver, tags := h.tags(t)
			h.report(t, worker("w1", 4))
			var got []string
			for _, do := range test.steps {
				do(stage{t, h})
				h.report(t, worker("w1", 4))
				must(t, deliver())
				if tag := tags["cart:main"]; tag != "" && (len(got) == 0 || got[len(got)-1] != tag) {
					got = append(got, tag)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if tags["cart:latest"] != tags["cart:main"] {
				t.Error(tags)
			}
		})
	}
}

// What is new in the repository is noticed, and what is known is no event.
func TestReconciler_verified(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 4))
	first, late := h.push(t, pushTo("main", "b")), h.push(t, pushTo("main", "a"))
	h.sees(t, first, "b", "b", noon, "cart")
	h.sees(t, late, "a", "b", noon, "cart")
	o := &origin{answers: []map[string]string{{"refs/heads/main": sha("b")}}}
	r := reconciler(h, o)
	if got := looked(t, h, r); len(got) != 0 || h.head(t, "refs/heads/main") != "b" {
		t.Errorf("events %v of what is known, and the head %s", got, h.head(t, "refs/heads/main"))
	}
	o.answers[0]["refs/heads/main"] = sha("c")
	want := map[string]string{"push refs/heads/main": sha("b") + ">" + sha("c")}
	if diff := cmp.Diff(want, looked(t, h, r)); diff != "" {
		t.Error(diff)
	}
	o.answers[0]["refs/heads/main"] = sha("a") // whose hook the record has last but one
	want["push refs/heads/main"] = sha("b") + ">" + sha("a")
	if diff := cmp.Diff(want, looked(t, h, r)); diff != "" {
		t.Error(diff)
	}
}

// A worker that says nonsense of a head says nothing of it.
func TestControl_headIsACommit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 4))
	x := found("a", "cart")
	x.Head = "refs/heads/main"
	must(t, h.Expanded(t.Context(), "w1", h.push(t, pushTo("main", "a")), x))
	if head := h.head(t, "refs/heads/main"); head != "a" {
		t.Error(head)
	}
}

package dispatch_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/store"
)

// shelf is a registry's moving tags, by SERVICE:TAG; what stands there is the
// first letter of the commit.
type shelf map[string]string

func (s shelf) Tag(_ context.Context, image slipway.Image, tag string) error {
	s[image.Service.Name+":"+tag] = image.Digest[len("sha256:"):][:1]
	return nil
}

func (h *house) tags(t *testing.T) (deliver func() error, s shelf) {
	t.Helper()
	s = shelf{}
	c := &dispatch.Tags{Facts: h.record, Sources: h.record, Moves: h.record, Tagger: s, Log: slog.New(slog.DiscardHandler)}
	return func() error { return h.post(t, store.TopicTags, c) }, s
}

// stage is where steps of a test happen.
type stage struct {
	t *testing.T
	h *house
}

func TestTags(t *testing.T) {
	t.Parallel()
	type step func(s stage)
	push := func(branch, commit string, services ...string) step {
		return func(s stage) { s.h.find(s.t, "w1", s.h.push(s.t, pushTo(branch, commit)), commit, services...) }
	}
	received := func(branch, commit string) step {
		return func(s stage) { s.h.push(s.t, pushTo(branch, commit)) }
	}
	built := func(id int64) step {
		return func(s stage) { s.h.end(s.t, s.h.claim(s.t, "w1", id), slipway.BuildSucceeded) }
	}
	fails := func(id int64) step {
		return func(s stage) { s.h.end(s.t, s.h.claim(s.t, "w1", id), slipway.BuildFailed) }
	}
	again := func(id int64) step {
		return func(s stage) {
			_, err := s.h.record.Rebuild(s.t.Context(), id, true, "ann", noon)
			must(s.t, err)
		}
	}
	for name, test := range map[string]struct {
		steps []step
		want  shelf
	}{
		"the default branch":               {[]step{push("main", "a", "cart"), built(1)}, shelf{"cart:main": "a", "cart:latest": "a"}},
		"a branch with a slash":            {[]step{push("fix/it", "a", "cart"), built(1)}, shelf{"cart:" + slipway.Slug("fix/it"): "a"}},
		"an older build comes later":       {[]step{push("main", "a", "cart"), push("main", "b", "cart"), built(2), built(1)}, shelf{"cart:main": "b", "cart:latest": "b"}},
		"the head is not built yet":        {[]step{push("main", "a", "cart"), push("main", "b", "cart"), built(1)}, shelf{}},
		"the head failed":                  {[]step{push("main", "a", "cart"), push("main", "b", "cart"), built(1), fails(2)}, shelf{}},
		"the head did not change it":       {[]step{push("main", "a", "cart=1"), push("main", "b", "cart=1"), built(1)}, shelf{"cart:main": "a", "cart:latest": "a"}},
		"it is not known what the head is": {[]step{push("main", "a", "cart=1"), received("main", "b"), built(1)}, shelf{}},
		"back to where it was":             {[]step{push("main", "a", "cart=1"), built(1), push("main", "b", "cart=2"), built(2), push("main", "a", "cart=1"), built(3)}, shelf{"cart:main": "a", "cart:latest": "a"}},
		"an old commit again":              {[]step{push("main", "a", "cart=1"), built(1), push("main", "b", "cart=2"), built(2), again(1), built(3)}, shelf{"cart:main": "b", "cart:latest": "b"}},
		"asked for again, and quicker": {[]step{push("main", "a", "cart=1"), func(s stage) {
			event, err := s.h.record.Start(s.t.Context(), s.h.connection.ID, slipway.Event{Kind: slipway.EventManual, Repository: "shop/cart", Ref: "refs/heads/main", After: sha("a")}, noon)
			must(s.t, err)
			s.h.find(s.t, "w1", event, "a", "cart=1")
			a := s.h.claim(s.t, "w1", 2)
			o := slipway.Outcome{State: slipway.BuildSucceeded, Image: slipway.Image{Service: a.Service, Digest: "sha256:later"}}
			must(s.t, s.h.Finish(s.t.Context(), a.Attempt, 0, o))
		}, built(1)}, shelf{"cart:main": "l", "cart:latest": "l"}},
		"a branch that is gone": {[]step{push("fix", "a", "cart"), func(s stage) {
			s.h.claim(s.t, "w1", 1)
			gone := pushTo("fix", "a")
			gone.After = ""
			s.h.push(s.t, gone)
		}, built(1)}, shelf{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			deliver, got := h.tags(t)
			h.report(t, worker("w1", 4))
			for _, do := range test.steps {
				do(stage{t, h})
				must(t, deliver())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A tag that could not be moved yet is when it is known that it may, also when
// no repository says where its branch stands.
func TestTags_later(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	deliver, got := h.tags(t)
	h.report(t, worker("w1", 4))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart=1")
	next := h.push(t, pushTo("main", "b"))
	h.end(t, h.claim(t, "w1", 1), slipway.BuildSucceeded)
	must(t, deliver())
	if len(got) != 0 {
		t.Fatal(got)
	}
	h.find(t, "w1", next, "b", "cart=1")
	must(t, deliver())
	if got["cart:main"] != "a" {
		t.Error(got)
	}
}

// Strangers' and pull requests' images move no tag.
func TestTags_pulls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	deliver, got := h.tags(t)
	h.report(t, worker("w1", 4))
	h.find(t, "w1", h.push(t, pull(3, "a", "shop/cart")), "a", "cart=1")
	h.end(t, h.claim(t, "w1", 1), slipway.BuildSucceeded)
	must(t, deliver())
	if len(got) != 0 {
		t.Error(got)
	}
}

package store_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

const mainRef = "refs/heads/main"

func headTests() []test {
	return []test{
		{"the head is where its repository was last seen to have it", (*record).follows},
		{"a ref that is gone was not seen before", (*record).followsNoGone},
		{"only pushes say where a branch stands", (*record).followsPushes},
		{"a ref may be seen without an event", (*record).verifies},
		{"tags follow a head that was built before", (*record).standsLater},
		{"tags follow a head that changed nothing", (*record).standsUnchanged},
		{"a build of the head that runs is not overlooked", (*record).standsAtOnce},
		{"a late push takes nobody's turn", (*record).supersedesNoHead},
		{"what is of the head is not forgotten", (*record).forgetsNoHead},
	}
}

// reads expands an event: it was of a commit, after which the ref stood at
// head, at so many minutes past noon.
func (r *record) reads(t *testing.T, event int64, commit, head string, minute int, found ...slipway.Found) slipway.Expanded {
	t.Helper()
	x := slipway.Expansion{Commit: commit, Head: head, Read: noon.Add(time.Duration(minute) * time.Minute), Services: found}
	out, err := r.Expand(t.Context(), event, x, slipway.ExpandPolicy{Default: mainRef}, noon.Add(time.Hour))
	must(t, err)
	return out
}

func (r *record) head(t *testing.T) string {
	t.Helper()
	head, _, err := r.Head(t.Context(), r.connection, mainRef)
	must(t, err)
	return head
}

// tagged delivers what there is to be said of tags, and gives the builds.
func (r *record) tagged(t *testing.T) (builds []int64) {
	t.Helper()
	for {
		due, err := r.Due(t.Context(), store.TopicTags, noon.Add(2*time.Hour), 10)
		must(t, err)
		if len(due) == 0 {
			return builds
		}
		for _, m := range due {
			builds = append(builds, got(t)(strconv.ParseInt(m.Body, 10, 64)))
			must(t, r.Delivered(t.Context(), m.ID))
		}
	}
}

func (r *record) follows(t *testing.T) {
	t.Helper()
	events := map[string]int64{}
	for i, step := range []struct {
		hook, reads, head string // received, or of what was received
		minute            int
		want              string
	}{
		{hook: "b", want: "b"},
		{reads: "b", want: "b"},                         // nobody says where it stands
		{hook: "a", want: "a"},                          // so the last hook is believed
		{reads: "a", head: "b", minute: 1, want: "b"},   // and it was late
		{hook: "c", want: "b"},                          // not seen yet
		{hook: "d", want: "b"},                          //
		{reads: "d", head: "d", minute: 3, want: "d"},   //
		{reads: "c", head: "c", minute: 2, want: "d"},   // before that
		{hook: "e", want: "d"},                          //
		{reads: "e", head: "f", minute: 4, want: "d"},   // of which no hook told
		{hook: "f", want: "d"},                          //
		{reads: "f", head: "f", minute: 5, want: "f"},   //
		{hook: "g", want: "f"},                          //
		{reads: "g", head: "g", minute: 600, want: "g"}, // by a clock that is wrong
		{hook: "h", want: "g"},                          //
		{reads: "h", head: "h", minute: 60, want: "h"},  //
	} {
		if step.hook != "" {
			events[step.hook] = r.push(t, step.hook)[0]
		} else {
			r.reads(t, events[step.reads], step.reads, step.head, step.minute, slipway.Found{Name: "cart", Inputs: step.reads})
		}
		if head := r.head(t); head != step.want {
			t.Errorf("step %d: the head is %q, want %q", i+1, head, step.want)
		}
	}
	e, err := r.Moved(t.Context(), r.connection, mainRef, "b")
	if err != nil || e.ID != events["b"] {
		t.Errorf("%+v, %v", e, err)
	}
	_, err = r.Moved(t.Context(), r.connection, mainRef, "z")
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) followsNoGone(t *testing.T) {
	t.Helper()
	first, late := r.push(t, "a")[0], r.push(t, "b")[0]
	r.reads(t, first, "a", "a", 0)
	gone := slipway.Delivery{Connection: r.connection, ID: "gone", At: noon.Add(2 * time.Minute), Events: []slipway.Event{{Kind: slipway.EventPush, Ref: mainRef}}}
	if _, err := r.Receive(t.Context(), gone); err != nil || r.head(t) != "" {
		t.Errorf("%q, %v", r.head(t), err)
	}
	r.reads(t, late, "b", "b", 3)
	if r.head(t) != "" {
		t.Error("a branch that is gone stands somewhere")
	}
	again, last := r.push(t, "c")[0], r.push(t, "d")[0]
	r.reads(t, again, "c", "a", 1) // before it was gone
	if r.head(t) != "d" {
		t.Errorf("%q was seen before the branch was made anew", r.head(t))
	}
	r.reads(t, last, "d", "c", 3)
	if r.head(t) != "c" {
		t.Errorf("%q", r.head(t))
	}
}

func (r *record) followsPushes(t *testing.T) {
	t.Helper()
	r.push(t, "b")
	r.reads(t, r.push(t, "a")[0], "a", "a", 0)
	event := func(id int64, err error) int64 { t.Helper(); return got(t)(id, err) }
	asked := event(r.Start(t.Context(), r.connection, slipway.Event{Kind: slipway.EventManual, Ref: mainRef, After: "c"}, noon))
	for _, id := range []int64{asked, r.pull(t, "p", "c", slipway.PullOpened)[0]} {
		r.reads(t, id, "c", "b", 1)
		if r.head(t) != "a" {
			t.Errorf("the head is %q", r.head(t))
		}
	}
	r.reads(t, r.push(t, "d")[0], "d", "c", 1) // which no push has told of
	if r.head(t) != "a" {
		t.Errorf("the head is %q", r.head(t))
	}
	e := r.push(t, "e")[0]
	x := slipway.Expansion{Head: "e", Read: noon.Add(2 * time.Minute), Problem: &slipway.Problem{Message: "slipway.yaml is wrong"}}
	if _, err := r.Expand(t.Context(), e, x, slipway.ExpandPolicy{}, noon.Add(time.Hour)); err != nil || r.head(t) != "e" {
		t.Errorf("of what cannot be built: %q, %v", r.head(t), err)
	}
}

func (r *record) verifies(t *testing.T) {
	t.Helper()
	verify := func(commit string, minute int, known bool, head string) {
		t.Helper()
		is, err := r.Verify(t.Context(), r.connection, mainRef, commit, noon.Add(time.Duration(minute)*time.Minute))
		if err != nil || is != known || r.head(t) != head {
			t.Errorf("%s is known: %t, and the head %q, %v", commit, is, r.head(t), err)
		}
	}
	verify("a", 0, false, "")
	r.reads(t, r.push(t, "a")[0], "a", "a", 1)
	r.push(t, "b")
	verify("c", 2, false, "a")
	verify("b", 0, true, "a") // somebody looked later
	verify("b", 2, true, "b")
	verify("a", 3, false, "b") // there and back again is to be an event
	r.push(t, "")
	verify("", 4, false, "")
	verify("b", 4, false, "")
	_, err := r.Verify(t.Context(), 999, mainRef, "a", noon)
	wants(t, err, slipway.CodeNotFound)
}

// standsLater has a build of the head that ended before its commit was seen to
// be the head.
func (r *record) standsLater(t *testing.T) {
	t.Helper()
	r.reads(t, r.push(t, "a")[0], "a", "a", 0)
	b := r.reads(t, r.push(t, "b")[0], "b", "", 1, slipway.Found{Name: "cart", Inputs: "b"}, slipway.Found{Name: "stock"}).Builds
	other := r.receive(t, "other", slipway.Event{Kind: slipway.EventPush, Ref: "refs/heads/other", After: "b"})[0]
	r.ends(t, r.reads(t, other, "b", "b", 1, slipway.Found{Name: "cart"}).Builds[0])
	r.ends(t, b[0])
	r.tagged(t)
	late := r.push(t, "c")[0]
	r.reads(t, late, "c", "b", 2)
	same(t, r.tagged(t), []int64{b[0]})
	r.ends(t, b[1])
	same(t, r.tagged(t), []int64{b[1]})
	r.reads(t, r.push(t, "d")[0], "d", "b", 3)
	same(t, r.tagged(t), nil)
}

// standsUnchanged has services that stay as they are: their tags are touched
// when they were not those of the head before, and else not.
func (r *record) standsUnchanged(t *testing.T) {
	t.Helper()
	found := []slipway.Found{{Name: "cart", Inputs: "1"}, {Name: "stock", Inputs: "1"}}
	a := r.reads(t, r.push(t, "a")[0], "a", "a", 0, found...).Builds
	r.ends(t, a[0])
	r.ends(t, a[1])
	r.tagged(t)
	r.reads(t, r.push(t, "b")[0], "b", "b", 1, found...)
	same(t, r.tagged(t), nil)
	found[1].Inputs = "2"
	c := r.reads(t, r.push(t, "c")[0], "d", "d", 2, found...).Builds // and of d no hook has told yet
	r.ends(t, c[0])
	r.tagged(t)
	d := r.push(t, "d")[0]
	r.reads(t, r.push(t, "e")[0], "e", "d", 3) // which is not read yet
	same(t, r.tagged(t), []int64{c[0]})
	r.reads(t, d, "d", "", 3, found...)
	same(t, r.tagged(t), []int64{a[0], c[0]})
}

// standsAtOnce ends builds while their commit becomes the head: each is told
// of after it is one, whichever was first.
func (r *record) standsAtOnce(t *testing.T) {
	t.Helper()
	r.reads(t, r.push(t, "0")[0], "0", "0", 0)
	for i := range 20 {
		commit := fmt.Sprint("c", i)
		build := r.reads(t, r.push(t, "x"+commit)[0], commit, "", i, slipway.Found{Name: "cart", Inputs: commit}).Builds[0]
		a, event := r.claim(t, build), r.push(t, commit)[0]
		ended := make(chan error)
		var told bool
		go func() {
			err := r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon)
			due, _ := r.Due(t.Context(), store.TopicTags, noon.Add(2*time.Hour), 10)
			head, _, _ := r.Head(t.Context(), r.connection, mainRef)
			told = len(due) > 0 && head == commit
			ended <- err
		}()
		r.reads(t, event, commit, commit, i, slipway.Found{Name: "cart", Inputs: commit})
		must(t, <-ended)
		if all := r.tagged(t); !told && len(all) < 2 {
			t.Errorf("build %d ended before its commit was the head, and nobody was told again", build)
		}
	}
}

func (r *record) forgetsNoHead(t *testing.T) {
	t.Helper()
	var builds []int64
	for i, commit := range []string{"a", "b", "late"} {
		builds = append(builds, r.reads(t, r.push(t, commit)[0], commit, min(commit, "b"), i, slipway.Found{Name: "cart", Inputs: commit}).Builds[0])
		r.ends(t, builds[i])
	}
	n, err := r.Forget(t.Context(), store.Ages{Builds: noon.Add(2 * time.Hour)})
	must(t, err)
	same(t, n, store.Forgotten{Builds: 1, Events: 1})
	_, err = r.Build(t.Context(), builds[0])
	wants(t, err, slipway.CodeNotFound)
	r.state(t, builds[1])
}

func (r *record) supersedesNoHead(t *testing.T) {
	t.Helper()
	yes := true
	build := func(commit, head string, minute int) int64 {
		t.Helper()
		return r.reads(t, r.push(t, commit)[0], commit, head, minute, slipway.Found{Name: "cart", Inputs: commit, Supersede: &yes}).Builds[0]
	}
	b := build("b", "b", 0)
	late := build("a", "b", 1)
	for _, id := range []int64{b, late} {
		if state := r.state(t, id).State; state != slipway.BuildQueued {
			t.Errorf("build %d is %s", id, state)
		}
	}
	build("c", "unknown", 2)
	for _, id := range []int64{b, late} {
		if state := r.state(t, id).State; state != slipway.BuildSuperseded {
			t.Errorf("build %d is %s", id, state)
		}
	}
}

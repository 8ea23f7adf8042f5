package store_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func eventTests() []test {
	return []test{
		{"events are shown and listed", (*record).eventPages},
		{"a held event waits for its approval", (*record).holds},
		{"an approval is of one commit", (*record).approvesOne},
		{"an offer is remembered while it waits", (*record).offers},
		{"what a person starts moves no head", (*record).starts},
		{"an event that waits says why", (*record).notes},
	}
}

// pull receives what happened to a pull request of a fork.
func (r *record) pull(t *testing.T, delivery, object string, action slipway.PullAction) []int64 {
	t.Helper()
	return r.receive(t, delivery, slipway.Event{
		Kind: slipway.EventPullRequest, Repository: "shop/cart", Ref: "refs/heads/main", After: object,
		Pull: &slipway.PullRequest{Number: 7, Action: action, Branch: "x", Source: "mallory/cart"},
	})
}

func (r *record) event(t *testing.T, id int64) slipway.EventRecord {
	t.Helper()
	e, err := r.Event(t.Context(), id)
	must(t, err)
	return e
}

func (r *record) eventPages(t *testing.T) {
	t.Helper()
	first, second := r.push(t, "a")[0], r.push(t, "b")[0]
	r.push(t, "b")
	other := r.connect(t, "shop", "shop/other")
	page, err := r.Events(t.Context(), r.connection, 0, 2)
	must(t, err)
	if len(page) != 2 || page[0].State != slipway.EventDuplicate || page[0].Note == "" || page[1].ID != second {
		t.Fatalf("%+v", page)
	}
	page, err = r.Events(t.Context(), 0, page[1].ID, 9)
	must(t, err)
	same(t, page, []slipway.EventRecord{{
		ID: first, Connection: r.connection, Received: noon, State: slipway.EventPending,
		Event: slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: "a"},
	}})
	if page, err = r.Events(t.Context(), other, 0, 9); page != nil || err != nil {
		t.Errorf("another connection has %+v, %v", page, err)
	}
	_, err = r.Event(t.Context(), 999)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) holds(t *testing.T) {
	t.Helper()
	event := r.pull(t, "1", "a", slipway.PullOpened)[0]
	for range 2 {
		must(t, r.Hold(t.Context(), event, "it is from a fork"))
	}
	if pending, err := r.Pending(t.Context(), 9); pending != nil || err != nil {
		t.Errorf("it is pending: %+v, %v", pending, err)
	}
	_, err := r.Expand(t.Context(), event, slipway.Expansion{}, slipway.ExpandPolicy{}, noon)
	wants(t, err, slipway.CodeConflict)
	must(t, r.Approve(t.Context(), event, "a", "mia", noon))
	if e := r.event(t, event); e.State != slipway.EventPending || e.Approved != "mia" || e.Note != "" {
		t.Errorf("%+v", e)
	}
	wants(t, r.Approve(t.Context(), event, "a", "mia", noon), slipway.CodeConflict)
	r.finds(t, event, "a", slipway.ExpandPolicy{Trust: slipway.TrustStranger}, slipway.Found{Name: "cart"})
	wants(t, r.Hold(t.Context(), event, ""), slipway.CodeConflict)
	wants(t, r.Hold(t.Context(), 999, ""), slipway.CodeNotFound)
}

func (r *record) approvesOne(t *testing.T) {
	t.Helper()
	old := r.pull(t, "1", "a", slipway.PullOpened)[0]
	must(t, r.Hold(t.Context(), old, ""))
	wants(t, r.Approve(t.Context(), old, "b", "mia", noon), slipway.CodeConflict)
	wants(t, r.Approve(t.Context(), old, "", "mia", noon), slipway.CodeConflict)
	wants(t, r.Approve(t.Context(), 999, "a", "mia", noon), slipway.CodeNotFound)
	last := r.pull(t, "2", "b", slipway.PullUpdated)[0]
	must(t, r.Hold(t.Context(), last, ""))
	wants(t, r.Approve(t.Context(), old, "a", "mia", noon), slipway.CodeConflict) // it is not the head any more
	r.pull(t, "3", "b", slipway.PullClosed)
	wants(t, r.Approve(t.Context(), last, "b", "mia", noon), slipway.CodeConflict)
	again := r.pull(t, "4", "b", slipway.PullOpened)
	if len(again) != 1 {
		t.Fatal("opened again, it is a duplicate")
	}
	must(t, r.Hold(t.Context(), again[0], ""))
	must(t, r.Approve(t.Context(), again[0], "b", "mia", noon))
}

func (r *record) offers(t *testing.T) {
	t.Helper()
	event := r.push(t, "a")[0]
	must(t, r.Offer(t.Context(), slipway.Job{Kind: slipway.JobExpand, ID: event}, "w1", noon))
	if e := r.event(t, event); e.OfferedTo != "w1" || !e.Offered.Equal(noon) {
		t.Errorf("%+v", e)
	}
	build := r.expand(t, event, "a", false)
	wants(t, r.Offer(t.Context(), slipway.Job{Kind: slipway.JobExpand, ID: event}, "w1", noon), slipway.CodeConflict)
	offered := func() slipway.ActiveBuild {
		t.Helper()
		all, err := r.Active(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	job := slipway.Job{Kind: slipway.JobBuild, ID: build}
	must(t, r.Offer(t.Context(), job, "w1", noon))
	if a := offered(); a.OfferedTo != "w1" || !a.Offered.Equal(noon) {
		t.Errorf("%+v", a)
	}
	a := r.claim(t, build)
	wants(t, r.Offer(t.Context(), job, "w2", noon), slipway.CodeConflict)
	must(t, r.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildQueued}, noon))
	if a := offered(); a.OfferedTo != "" || !a.Offered.IsZero() {
		t.Errorf("handed back, it is still offered: %+v", a)
	}
}

func (r *record) starts(t *testing.T) {
	t.Helper()
	r.ends(t, r.build(t, "b"))
	manual := slipway.Event{Kind: slipway.EventManual, Repository: "shop/cart", Ref: "refs/heads/main", After: "a", Actor: "mia"}
	first, second := got(t)(r.Start(t.Context(), r.connection, manual, noon)), got(t)(r.Start(t.Context(), r.connection, manual, noon))
	if e := r.event(t, first); first == second || !e.Event.Repeatable || e.State != slipway.EventPending {
		t.Errorf("%+v, and again %d", e, second)
	}
	if head, _, err := r.Head(t.Context(), r.connection, "refs/heads/main"); head != "b" || err != nil {
		t.Errorf("the head is %q, %v", head, err)
	}
	out := r.finds(t, first, "b", slipway.ExpandPolicy{}, slipway.Found{Name: "cart", Inputs: "inputs of b"})
	if len(out.Builds) != 1 {
		t.Errorf("a person who asks for what is unchanged gets %+v", out)
	}
	_, err := r.Start(t.Context(), 999, manual, noon)
	wants(t, err, slipway.CodeNotFound)
}

func (r *record) notes(t *testing.T) {
	t.Helper()
	id := r.push(t, "a")[0]
	must(t, r.Note(t.Context(), id, "it waits: no worker is there"))
	if e := r.event(t, id); e.Note != "it waits: no worker is there" || e.State != slipway.EventPending {
		t.Errorf("%+v", e)
	}
	r.expand(t, id, "a", false)
	must(t, r.Note(t.Context(), id, "late"))
	if e := r.event(t, id); e.Note != "" {
		t.Errorf("the note of an event that waits no more is %q", e.Note)
	}
}

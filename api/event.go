package api

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) listEvents(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	before, err := w.before()
	if err != nil {
		return nil, err
	}
	events, err := s.Record.Events(r.ctx(), r.connection.ID, before, w.most+1)
	return newest(w, events, func(e slipway.EventRecord) int64 { return e.ID }), err
}

// showEvent says also what came of an event, so that who asked for it finds
// its build.
func (s *server) showEvent(r *request) (any, error) {
	view := rest.EventView{EventRecord: r.event, Builds: []rest.EventBuild{}, Unchanged: []rest.EventUnchanged{}}
	builds, err := s.Record.Builds(r.ctx(), slipway.BuildPage{Event: r.event.ID, Most: mostOfEvent})
	if err != nil {
		return nil, err
	}
	for _, b := range slices.Backward(builds) {
		view.Builds = append(view.Builds, rest.EventBuild{ID: b.ID, Service: b.Service, State: b.State})
	}
	unchanged, err := s.Record.UnchangedBy(r.ctx(), r.event.ID)
	for _, u := range unchanged {
		view.Unchanged = append(view.Unchanged, rest.EventUnchanged{Service: u.Service, Build: u.Build})
	}
	return view, err
}

// mostOfEvent is how many builds of one event are shown.
const mostOfEvent = 2000

// approveEvent lets exactly the commit be built that the maintainer has looked
// at.
func (s *server) approveEvent(r *request) (any, error) {
	var asked rest.Approval
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	if !slipway.ValidObjectID(asked.Commit) {
		return nil, slipway.Errorf(slipway.CodeUsage, "%.80q is not a whole commit id", asked.Commit).
			WithHint("name the commit that you have looked at, all of its digits")
	}
	if err := s.Record.Approve(r.ctx(), r.event.ID, asked.Commit, r.who(), s.Now()); err != nil {
		return nil, err
	}
	s.Bell.Ring(topicDispatch)
	return s.Record.Event(r.ctx(), r.event.ID)
}

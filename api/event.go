package api

import (
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

func (s *server) showEvent(r *request) (any, error) { return r.event, nil }

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

package api

import (
	"fmt"

	"github.com/slipway-ci/slipway"
)

// openTicket lets in who has a ticket of a build.
func (s *server) openTicket(r *request, text string) error {
	build, ok := s.Tickets.Opens(text, s.Now())
	if !ok || build < 1 {
		return unauthorised()
	}
	r.ticket, r.bearer = build, text
	r.token = slipway.Token{Name: fmt.Sprintf("Jenkins, for build %d", build), Role: viewer}
	r.c.Set(whoKey, r.token.Name)
	return nil
}

// admitTicket opens the few routes of the ticket's own build; all else is not
// there.
func (s *server) admitTicket(r *request) error {
	if !r.route.ticket || r.c.Param("build") != fmt.Sprint(r.ticket) {
		return notFound("there is nothing at %.200s for this ticket", r.c.Request.URL.Path)
	}
	return s.find(r)
}

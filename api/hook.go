package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// hookTime is how long a delivery may take to arrive.
const hookTime = 20 * time.Second

// hook takes a delivery: its size is capped, its raw bytes are verified, and
// only then it is read. What it tells is committed before it is answered. A
// fault of ours is never a 4xx: GitLab lets go of a hook that answers one.
func (s *server) hook(r *request) (any, error) {
	control := http.NewResponseController(r.c.Writer)
	deadline(control.SetReadDeadline, hookTime)
	body, release, err := s.intake.read(http.MaxBytesReader(r.c.Writer, r.c.Request.Body, maxDelivery))
	defer release()
	if err != nil {
		return nil, err
	}
	delivered, err := s.deliver(r, body)
	switch {
	case err != nil:
		s.metrics.delivered("refused")
		return nil, ours(err)
	case delivered == nil:
		s.metrics.delivered("nothing")
		r.c.Status(http.StatusNoContent)
		r.c.Writer.WriteHeaderNow()
	default:
		s.metrics.delivered("taken")
		r.c.JSON(http.StatusAccepted, delivered)
	}
	return nil, nil
}

// ours makes 503 of what is not the sender's fault.
func ours(err error) error {
	if _, decided := errors.AsType[*statusError](err); decided || slipway.ErrorCode(err) == slipway.CodeBusy {
		return err
	}
	return withStatus(http.StatusServiceUnavailable, err)
}

// deliver gives nil for an authentic delivery from which nothing follows.
func (s *server) deliver(r *request, body []byte) (*rest.Delivered, error) {
	c, keys, err := s.hooked(r)
	if err != nil {
		return nil, err
	}
	header := r.c.Request.Header
	delivery, err := s.Forges.Verify(c.Forge, header, body, keys.Hooks, s.Now())
	switch {
	case c.ID == 0 || slipway.ErrorCode(err) == slipway.CodeForbidden:
		s.refused.note(c.ID, s.Now())
		return nil, notAccepted()
	case err != nil:
		return nil, err
	}
	events, err := s.Forges.Events(c.Forge, header, body)
	if slipway.ErrorCode(err) == slipway.CodeInvalid {
		return nil, withStatus(http.StatusBadRequest, err)
	}
	if err != nil || len(events) == 0 {
		return nil, err
	}
	if of := events[0].Repository; c.Repository != "" && !strings.EqualFold(of, c.Repository) {
		return &rest.Delivered{Events: []int64{}, Ignored: "the delivery is of " + of + ", the connection of " + c.Repository}, nil
	}
	return s.receive(r, slipway.Delivery{Connection: c.ID, ID: delivery, At: s.Now(), Events: events})
}

// hooked gives the connection that the path names. For one that is not there
// the record is asked the same, and what it gives fails to verify by the rules
// of the forge that the delivery is of, in about the same time.
func (s *server) hooked(r *request) (slipway.Connection, slipway.Keys, error) {
	id, err := r.id("connection")
	if err != nil {
		id = 0 // of which the record is asked, too
	}
	c, err := s.Record.Connection(r.ctx(), id)
	if err != nil && slipway.ErrorCode(err) != slipway.CodeNotFound {
		return c, slipway.Keys{}, err
	}
	keys, err := s.Record.Keys(r.ctx(), id)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return slipway.Connection{Forge: s.likely(r.c.Request.Header)}, slipway.Keys{Hooks: []string{newHookSecret()}}, nil
	}
	return c, keys, err
}

// likely is the forge that a delivery says it is of.
func (s *server) likely(header http.Header) string {
	names := s.Forges.Names()
	for _, of := range []struct{ header, forge string }{
		{"X-Gitea-Event", "gitea"}, {"X-Gogs-Event", "gogs"}, {"X-Github-Event", "github"}, {"X-Gitlab-Event", "gitlab"}, {"X-Event-Key", "bitbucket"},
	} {
		if header.Get(of.header) != "" && slices.Contains(names, of.forge) {
			return of.forge
		}
	}
	return names[len(names)-1]
}

// notAccepted says the same of an unknown connection and of a wrong signature:
// nobody counts connections by asking.
func notAccepted() error {
	return withStatus(http.StatusUnauthorized, slipway.Errorf(slipway.CodeForbidden, "the delivery is not accepted").
		WithHint("compare the hook's URL and its secret with those of the connection"))
}

func (s *server) receive(r *request, d slipway.Delivery) (*rest.Delivered, error) {
	ids, err := s.Record.Receive(r.ctx(), d)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return &rest.Delivered{Events: []int64{}, Duplicate: true}, nil
	}
	s.Bell.Ring(topicDispatch)
	return &rest.Delivered{Events: ids}, nil
}

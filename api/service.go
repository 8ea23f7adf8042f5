package api

import (
	"io/fs"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) listServices(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	all, err := s.Record.Services(r.ctx(), r.team)
	return cut(w, all, func(v slipway.Service) string { return v.Name.String() }), err
}

func (s *server) addService(r *request) (any, error) {
	var asked rest.NewService
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	service := slipway.Service{
		Name:       slipway.ServiceName{Team: r.team, Name: asked.Name},
		Connection: asked.Connection, Path: asked.Path, Kind: asked.Kind, Limit: asked.Limit,
	}
	if err := checkService(service); err != nil {
		return nil, err
	}
	if err := s.ownConnection(r, asked.Connection); err != nil {
		return nil, err
	}
	_, err := s.Record.Service(r.ctx(), service.Name)
	if err == nil {
		return nil, slipway.Errorf(slipway.CodeConflict, "there is a service %s already", service.Name)
	}
	if slipway.ErrorCode(err) != slipway.CodeNotFound {
		return nil, err
	}
	service.ID, err = s.Record.AddService(r.ctx(), service)
	r.target = service.Name.String()
	return service, err
}

// ownConnection sees that a connection is the team's: the body says which, and
// a body gives no authority.
func (s *server) ownConnection(r *request, id int64) error {
	c, err := s.Record.Connection(r.ctx(), id)
	if slipway.ErrorCode(err) == slipway.CodeNotFound || err == nil && c.Team != r.team {
		return slipway.Errorf(slipway.CodeUsage, "the team %s has no connection %d", r.team, id)
	}
	return err
}

func checkService(v slipway.Service) error {
	switch {
	case !slipway.ValidLabel(v.Name.Name):
		return slipway.Errorf(slipway.CodeUsage, "%.60q cannot be the name of a service", v.Name.Name).
			WithHint("use lower-case letters, digits and inner hyphens, at most 40 characters")
	case v.Path != "" && (!fs.ValidPath(v.Path) || len(v.Path) > 512):
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not a directory below the repository's root", v.Path)
	case v.Kind != "" && !slices.Contains([]slipway.Kind{slipway.KindWeb, slipway.KindWorker, slipway.KindTask}, v.Kind):
		return slipway.Errorf(slipway.CodeUsage, "%.40q is not a kind of service", v.Kind)
	case v.Limit < 0 || v.Limit > 1000:
		return slipway.Errorf(slipway.CodeUsage, "the limit %d is not a number from 0 to 1000", v.Limit)
	}
	return nil
}

func (s *server) showService(r *request) (any, error) { return r.service, nil }

func (s *server) removeService(r *request) (any, error) {
	return nil, s.Record.RemoveService(r.ctx(), r.service.Name)
}

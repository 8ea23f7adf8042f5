package api

import (
	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) listSecrets(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	names, err := s.Record.SecretNames(r.ctx(), r.team)
	return cut(w, names, func(n slipway.SecretName) string { return n.Service + "/" + n.Name }), err
}

func (s *server) setSecret(r *request) (any, error) {
	var secret rest.Secret
	if err := r.body(&secret); err != nil {
		return nil, err
	}
	return nil, s.Record.SetSecret(r.ctx(), r.team, r.service.Name.Name, r.c.Param("secret"), secret.Value, s.Now())
}

func (s *server) removeSecret(r *request) (any, error) {
	return nil, s.Record.RemoveSecret(r.ctx(), r.team, r.service.Name.Name, r.c.Param("secret"))
}

package api

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) me(r *request) (any, error) { return r.token, nil }

func (s *server) listTeams(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	names, err := s.Record.Teams(r.ctx())
	if err != nil {
		return nil, err
	}
	var teams []rest.Team
	for _, name := range names {
		if sees(r.token, name) {
			teams = append(teams, rest.Team{Name: name})
		}
	}
	return cut(w, teams, func(t rest.Team) string { return t.Name }), nil
}

func (s *server) addTeam(r *request) (any, error) {
	var team rest.Team
	if err := r.body(&team); err != nil {
		return nil, err
	}
	names, err := s.Record.Teams(r.ctx())
	if err != nil {
		return nil, err
	}
	if slices.Contains(names, team.Name) {
		return nil, slipway.Errorf(slipway.CodeConflict, "there is a team %s already", team.Name)
	}
	r.target, r.team = team.Name, team.Name
	return team, s.Record.AddTeam(r.ctx(), team.Name)
}

// removeTeam is remembered of no team: the name is free.
func (s *server) removeTeam(r *request) (any, error) {
	force, err := r.flag("force")
	if err != nil {
		return nil, err
	}
	gone, err := s.Record.RemoveTeam(r.ctx(), r.team, force, r.who(), s.Now())
	if err != nil {
		return nil, err
	}
	s.ended(gone)
	r.target, r.team = r.team, gone.Name
	return gone, nil
}

func (s *server) auditLog(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	before, err := w.before()
	if err != nil {
		return nil, err
	}
	entries, err := s.Record.AuditLog(r.ctx(), r.team, before, w.most+1)
	return newest(w, entries, func(e slipway.AuditEntry) int64 { return e.ID }), err
}

package api

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) listTokens(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	tokens, err := s.Record.Tokens(r.ctx(), r.team)
	return cut(w, tokens, func(t slipway.Token) string { return byID(t.ID) }), err
}

func (s *server) addToken(r *request) (any, error) {
	var asked rest.NewToken
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	now := s.Now()
	switch {
	case !nameForPeople(asked.Name):
		return nil, slipway.Errorf(slipway.CodeUsage, "a token needs a name of 1 to 80 characters, for people")
	case !slices.Contains(rolesOf(r.team), asked.Role):
		return nil, slipway.Errorf(slipway.CodeUsage, "%.40q is not a role that this token can have", asked.Role).
			WithHint("there are: %s", joinRoles(rolesOf(r.team)))
	case !asked.Expires.IsZero() && !asked.Expires.After(now):
		return nil, slipway.Errorf(slipway.CodeUsage, "the token would have expired already")
	}
	token := slipway.Token{Name: asked.Name, Team: r.team, Role: asked.Role, Created: now, Expires: asked.Expires}
	text, hash := NewToken()
	id, err := s.Record.AddToken(r.ctx(), token, hash)
	if err != nil {
		return nil, err
	}
	token.ID, r.target = id, strconv.FormatInt(id, 10)+" "+token.Name
	return rest.TokenMade{Token: token, Text: text}, nil
}

// rolesOf lists what a token of a team, or of none, can be: nobody makes one
// that may more than themselves.
func rolesOf(team string) []slipway.TeamRole {
	if team != "" {
		return []slipway.TeamRole{viewer, developer, maintainer}
	}
	return []slipway.TeamRole{viewer, developer, maintainer, operator, slipway.RoleWorker}
}

func joinRoles(roles []slipway.TeamRole) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

func nameForPeople(s string) bool {
	return s != "" && len(s) <= 80 && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unicode.IsControl)
}

func (s *server) revokeToken(r *request) (any, error) {
	id, err := r.id("token")
	if err != nil {
		return nil, err
	}
	if r.team == "" && !r.token.Role.Covers(operator) {
		return nil, slipway.Errorf(slipway.CodeForbidden, "token %d is of no team, and those are an operator's to revoke", id)
	}
	return nil, s.Record.RevokeToken(r.ctx(), id)
}

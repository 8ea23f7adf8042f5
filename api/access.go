package api

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

const (
	whoKey      = "who"
	tokenPrefix = "slw_"
)

// scope says whose things a route touches, and how that is found out.
type scope int

// The scopes. What is beyond a token's team is not there for it.
const (
	open         scope = iota // everybody, without a token
	anyone                    // every token; the handler shows what the token's team has
	platform                  // nobody's in particular
	ofTeam                    // :team
	ofTeamEver                // :team, for an operator also one that was removed
	ofService                 // :team and :service
	ofConnection              // :connection, its team's
	ofBuild                   // :build, its service's team's
	ofEvent                   // :event, its connection's team's
	ofToken                   // :token, its team's
)

// admit finds out who calls and whether they may. Whatever belongs to another
// team is answered as if it were not there, in the same words.
func (s *server) admit(r *request) error {
	if r.route.scope == open {
		return nil
	}
	if err := s.authenticate(r); err != nil {
		return err
	}
	if r.ticket != 0 {
		return s.admitTicket(r)
	}
	if err := s.find(r); err != nil {
		return err
	}
	if !r.token.Role.Covers(r.route.role) {
		return slipway.Errorf(slipway.CodeForbidden, "the token %s is %s's, and this needs %s", r.token.Name, withArticle(r.token.Role), withArticle(r.route.role)).
			WithHint("ask a maintainer of the team, or an operator, for a token of that role")
	}
	return nil
}

func withArticle(role slipway.TeamRole) string {
	if role == operator {
		return "an " + string(role)
	}
	return "a " + string(role)
}

func (s *server) authenticate(r *request) error {
	text := r.credential()
	if strings.HasPrefix(text, slipway.TicketPrefix) {
		return s.openTicket(r, text)
	}
	if !strings.HasPrefix(text, tokenPrefix) || len(text) > 200 {
		return unauthorised()
	}
	r.hash = sha256.Sum256([]byte(text))
	token, err := s.Record.TokenOf(r.ctx(), r.hash, s.Now())
	if slipway.ErrorCode(err) == slipway.CodeForbidden {
		return unauthorised()
	}
	r.token = token
	r.c.Set(whoKey, token.Name)
	return err
}

func unauthorised() error {
	return withStatus(http.StatusUnauthorized, slipway.Errorf(slipway.CodeForbidden, "there is no token with the request, or none that counts").
		WithHint("send `Authorization: Bearer slw_…`; a token expires and can be revoked"))
}

// sees tells whether a token's holder may know of a team's things.
func sees(t slipway.Token, team string) bool { return t.Team == "" || t.Team == team }

// find reads what the path names, and answers for what is another team's as
// for what is not there.
func (s *server) find(r *request) error {
	var err error
	var missing error
	switch r.route.scope {
	case ofTeam, ofTeamEver:
		err, missing = s.findTeam(r), notFound("there is no team %.40q", r.c.Param("team"))
	case ofService:
		err, missing = s.findService(r), notFound("there is no service %.40q in team %.40q", r.c.Param("service"), r.c.Param("team"))
	case ofConnection:
		err, missing = s.findConnection(r), notFound("there is no connection %.40q", r.c.Param("connection"))
	case ofBuild:
		err, missing = s.findBuild(r), notFound("there is no build %.40q", r.c.Param("build"))
	case ofEvent:
		err, missing = s.findEvent(r), notFound("there is no event %.40q", r.c.Param("event"))
	case ofToken:
		err, missing = s.findToken(r), notFound("there is no token %.40q", r.c.Param("token"))
	default:
		return nil
	}
	if slipway.ErrorCode(err) == slipway.CodeNotFound || err == nil && !sees(r.token, r.team) {
		return missing
	}
	return err
}

func (s *server) findTeam(r *request) error {
	r.team = r.c.Param("team")
	teams, err := s.Record.Teams(r.ctx())
	if err != nil || slices.Contains(teams, r.team) || r.route.scope == ofTeamEver && s.removed(r) {
		return err
	}
	return notFound("there is no such team")
}

// removed tells whether there was a team that now has the name asked for: its
// removal is remembered under it.
func (s *server) removed(r *request) bool {
	if r.token.Team != "" || !slipway.IsRemovedTeam(r.team) {
		return false
	}
	log, err := s.Record.AuditLog(r.ctx(), r.team, 0, 1)
	return err == nil && len(log) > 0
}

func (s *server) findService(r *request) (err error) {
	r.team = r.c.Param("team")
	if !slipway.ValidLabel(r.team) || !slipway.ValidLabel(r.c.Param("service")) {
		return notFound("there is no such service")
	}
	r.service, err = s.Record.Service(r.ctx(), slipway.ServiceName{Team: r.team, Name: r.c.Param("service")})
	return err
}

func (s *server) findConnection(r *request) error {
	id, err := r.id("connection")
	if err != nil {
		return err
	}
	r.connection, err = s.Record.Connection(r.ctx(), id)
	r.team = r.connection.Team
	return err
}

func (s *server) findBuild(r *request) error {
	id, err := r.id("build")
	if err != nil {
		return err
	}
	r.build, err = s.Record.Build(r.ctx(), id)
	r.team = r.build.Service.Team
	return err
}

func (s *server) findEvent(r *request) error {
	id, err := r.id("event")
	if err != nil {
		return err
	}
	if r.event, err = s.Record.Event(r.ctx(), id); err != nil {
		return err
	}
	r.connection, err = s.Record.Connection(r.ctx(), r.event.Connection)
	r.team = r.connection.Team
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return s.findBuilt(r, err)
	}
	return err
}

// findBuilt finds whose an event is by what was built of it: that stays when
// its connection is removed.
func (s *server) findBuilt(r *request, missing error) error {
	builds, err := s.Record.Builds(r.ctx(), slipway.BuildPage{Event: r.event.ID, Most: 1})
	if err != nil || len(builds) == 0 {
		return cmp.Or(err, missing)
	}
	r.team = builds[0].Service.Team
	return nil
}

// findToken looks among the tokens that the caller may know of.
func (s *server) findToken(r *request) error {
	id, err := r.id("token")
	if err != nil {
		return err
	}
	tokens, err := s.Record.Tokens(r.ctx(), r.token.Team)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tokens, func(t slipway.Token) bool { return t.ID == id })
	if i < 0 {
		return notFound("there is no such token")
	}
	r.team = tokens[i].Team
	return nil
}

// NewToken makes a token's text and the hash that the record keeps of it.
func NewToken() (text string, hash [32]byte) {
	var secret [32]byte
	_, _ = rand.Read(secret[:])
	text = tokenPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret[:]))
	return text, sha256.Sum256([]byte(text))
}

// audit remembers who changed what.
func (s *server) audit(r *request) error {
	target := r.target
	if target == "" {
		var names []string
		for _, p := range r.c.Params {
			names = append(names, p.Value)
		}
		target = strings.Join(names, "/")
	}
	return s.Record.Audit(r.ctx(), slipway.AuditEntry{At: s.Now(), Who: r.who(), Did: r.route.did, Target: target, Team: r.team})
}

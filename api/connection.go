package api

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) listConnections(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	all, err := s.Record.Connections(r.ctx(), r.team)
	return cut(w, all, func(c slipway.Connection) string { return byID(c.ID) }), err
}

func (s *server) addConnection(r *request) (any, error) {
	var asked rest.NewConnection
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	c := slipway.Connection{
		Team: r.team, Forge: asked.Forge, Repository: asked.Repository, URL: asked.URL, API: asked.API,
		Forks: asked.Forks, Default: asked.Default, Required: asked.Required, Reads: asked.Reads, Created: s.Now(),
	}
	if err := s.checkConnection(c); err != nil {
		return nil, err
	}
	if err := s.mayName(r, c.URL, c.API); err != nil {
		return nil, err
	}
	if err := checkCredential(asked.Clone); err != nil {
		return nil, err
	}
	there, err := s.Record.Connections(r.ctx(), r.team)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(there, func(o slipway.Connection) bool { return o.Forge == c.Forge && o.URL == c.URL }); i >= 0 {
		return nil, slipway.Errorf(slipway.CodeConflict, "connection %d of the team is to %s already", there[i].ID, c.URL).
			WithHint("use it, or change it")
	}
	secret := asked.Hook
	if secret == "" {
		secret = newHookSecret()
	}
	if c.ID, err = s.Record.Connect(r.ctx(), c, slipway.Keys{Hooks: []string{secret}, Clone: asked.Clone, Forge: asked.Token}); err != nil {
		return nil, err
	}
	if c, err = s.Record.Connection(r.ctx(), c.ID); err != nil {
		return nil, err
	}
	r.target = fmt.Sprint(c.ID)
	return rest.ConnectionView{Connection: c, Hook: s.hookURL(c.ID), Secret: secret}, nil
}

// newHookSecret is of the form that Standard Webhooks asks for; for every
// other forge it is a text like any other.
func newHookSecret() string {
	var key [32]byte
	_, _ = rand.Read(key[:])
	return "whsec_" + base64.StdEncoding.EncodeToString(key[:])
}

func (s *server) hookURL(id int64) string { return s.URL + "/hooks/" + strconv.FormatInt(id, 10) }

func (s *server) showConnection(r *request) (any, error) { return s.viewConnection(r) }

func (s *server) viewConnection(r *request) (any, error) {
	keys, err := s.Record.Keys(r.ctx(), r.connection.ID)
	return rest.ConnectionView{Connection: r.connection, Hook: s.hookURL(r.connection.ID), Rotating: len(keys.Hooks) > 1}, err
}

func (s *server) changeConnection(r *request) (any, error) {
	var change rest.ConnectionChange
	if err := r.body(&change); err != nil {
		return nil, err
	}
	keys, err := s.Record.Keys(r.ctx(), r.connection.ID)
	if err != nil {
		return nil, err
	}
	c := &r.connection
	if change.API != nil && *change.API != c.API {
		if err := s.mayName(r, *change.API); err != nil {
			return nil, err
		}
	}
	set(&c.Repository, change.Repository)
	set(&c.API, change.API)
	set(&c.Forks, change.Forks)
	set(&c.Default, change.Default)
	set(&c.Required, change.Required)
	set(&c.Reads, change.Reads)
	set(&keys.Clone, change.Clone)
	set(&keys.Forge, change.Token)
	if err := s.checkConnection(*c); err != nil {
		return nil, err
	}
	if change.Clone != nil {
		if err := checkCredential(*change.Clone); err != nil {
			return nil, err
		}
	}
	if _, err := s.Record.Connect(r.ctx(), *c, keys); err != nil {
		return nil, err
	}
	return s.viewConnection(r)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// rotateHook makes a secret beside the present one. Of two, the older goes:
// that it was to be let go was said when the other was made.
func (s *server) rotateHook(r *request) (any, error) {
	keys, err := s.Record.Keys(r.ctx(), r.connection.ID)
	if err != nil {
		return nil, err
	}
	secret := newHookSecret()
	keys.Hooks = append([]string{secret}, keys.Hooks[:min(1, len(keys.Hooks))]...)
	if err := s.Record.SetKeys(r.ctx(), r.connection.ID, keys); err != nil {
		return nil, err
	}
	return rest.ConnectionView{Connection: r.connection, Hook: s.hookURL(r.connection.ID), Rotating: len(keys.Hooks) > 1, Secret: secret}, nil
}

func (s *server) settleHook(r *request) (any, error) {
	keys, err := s.Record.Keys(r.ctx(), r.connection.ID)
	if err != nil {
		return nil, err
	}
	keys.Hooks = keys.Hooks[:min(1, len(keys.Hooks))]
	if err := s.Record.SetKeys(r.ctx(), r.connection.ID, keys); err != nil {
		return nil, err
	}
	return s.viewConnection(r)
}

func (s *server) removeConnection(r *request) (any, error) {
	force, err := r.flag("force")
	if err != nil {
		return nil, err
	}
	gone, err := s.Record.RemoveConnection(r.ctx(), r.connection.ID, force, r.who(), s.Now())
	s.ended(gone)
	return gone, err
}

// ended wakes those who wait for the builds of what was removed.
func (s *server) ended(gone slipway.Removed) {
	for _, build := range gone.Builds {
		s.moved(build)
	}
	for _, a := range gone.Stopped {
		if s.Stop != nil {
			s.Stop(a)
		}
	}
}

// checkConnection refuses what would only fail later, or lead elsewhere.
func (s *server) checkConnection(c slipway.Connection) error {
	switch {
	case !slices.Contains(s.Forges.Names(), c.Forge):
		return slipway.Errorf(slipway.CodeUsage, "there is no forge %.40q", c.Forge).WithHint("there are: %s", strings.Join(s.Forges.Names(), ", "))
	case !cloneURL(c.URL):
		return slipway.Errorf(slipway.CodeUsage, "the URL cannot be cloned from").
			WithHint("write https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH, without a password")
	case c.API != "" && !webURL(c.API):
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not the base URL of a forge's API", c.API)
	case len(c.Repository) > 512 || strings.ContainsFunc(c.Repository, unicode.IsControl):
		return slipway.Errorf(slipway.CodeUsage, "the repository's name is too long, or has control characters")
	case !slices.Contains([]slipway.ForkPolicy{"", slipway.ForksRefuse, slipway.ForksApprove, slipway.ForksBuild}, c.Forks):
		return slipway.Errorf(slipway.CodeUsage, "%.40q is not what can become of forks", c.Forks).WithHint("write refuse, approve or build")
	case c.Default != "" && !slipway.ValidRef(c.Default):
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not the full name of a branch", c.Default).WithHint("write refs/heads/NAME")
	case len(c.Required) > rest.MostItems || slices.ContainsFunc(c.Required, func(n string) bool { return !slipway.ValidLabel(n) }):
		return slipway.Errorf(slipway.CodeUsage, "the required services are not bare names of at most %d services", rest.MostItems)
	}
	return checkReads(c.Reads)
}

func checkReads(reads []string) error {
	if len(reads) > rest.MostItems {
		return slipway.Errorf(slipway.CodeUsage, "there are more than %d repositories to read", rest.MostItems).WithHint("name a group of them, as TEAM/*")
	}
	for _, pattern := range reads {
		if !slipway.ValidReads(pattern) {
			return slipway.Errorf(slipway.CodeUsage, "%.200q is no repository of a host", pattern).WithHint("write TEAM/NAME without .git, TEAM/* for all below, or * for all that the key opens")
		}
	}
	return nil
}

// cloneURL tells whether a repository may be fetched from text: over https,
// http or ssh, by no helper program, without a password.
func cloneURL(text string) bool {
	if len(text) > 2000 || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return false
	}
	if _, _, _, scp := slipway.CutSCP(text); scp {
		return true
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.HasPrefix(u.Hostname(), "-") || u.RawQuery != "" || u.Fragment != "" || len(u.Path) < 2 {
		return false
	}
	_, password := u.User.Password()
	switch u.Scheme {
	case "https", "http":
		return u.User == nil
	case "ssh":
		return !password && !strings.HasPrefix(u.User.Username(), "-")
	default:
		return false
	}
}

func webURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}

package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// Me says whose the token is.
func (c *Client) Me(ctx context.Context) (slipway.Token, error) {
	return get[slipway.Token](ctx, c, path("me"))
}

// Teams lists those that the token may see.
func (c *Client) Teams(ctx context.Context) ([]rest.Team, error) {
	return all[rest.Team](ctx, c, path("teams"), nil, 0)
}

// AddTeam makes a team.
func (c *Client) AddTeam(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodPost, path("teams"), nil, rest.Team{Name: name}, nil)
}

// RemoveTeam removes a team; force takes along what hangs on it.
func (c *Client) RemoveTeam(ctx context.Context, name string, force bool) (slipway.Removed, error) {
	return c.remove(ctx, path("teams", name), force)
}

// RemoveConnection removes one; force takes along what hangs on it.
func (c *Client) RemoveConnection(ctx context.Context, id int64, force bool) (slipway.Removed, error) {
	return c.remove(ctx, path("connections", id), force)
}

func (c *Client) remove(ctx context.Context, path string, force bool) (gone slipway.Removed, err error) {
	query := url.Values{}
	if force {
		query.Set("force", "true")
	}
	err = c.call(ctx, http.MethodDelete, path, query, nil, &gone)
	return gone, err
}

// Policy is what a team has decided about the image contract.
func (c *Client) Policy(ctx context.Context, team string) (rest.Policy, error) {
	return get[rest.Policy](ctx, c, path("teams", team, "policy"))
}

// ChangePolicy decides about the rules that are named.
func (c *Client) ChangePolicy(ctx context.Context, team string, change rest.Policy) (p rest.Policy, err error) {
	err = c.call(ctx, http.MethodPatch, path("teams", team, "policy"), nil, change, &p)
	return p, err
}

// Connections lists a team's.
func (c *Client) Connections(ctx context.Context, team string) ([]slipway.Connection, error) {
	return all[slipway.Connection](ctx, c, path("teams", team, "connections"), nil, 0)
}

// AddConnection connects a repository. The answer has the hook's secret.
func (c *Client) AddConnection(ctx context.Context, team string, n rest.NewConnection) (rest.ConnectionView, error) {
	return post[rest.ConnectionView](ctx, c, path("teams", team, "connections"), n)
}

// Connection shows one.
func (c *Client) Connection(ctx context.Context, id int64) (rest.ConnectionView, error) {
	return get[rest.ConnectionView](ctx, c, path("connections", id))
}

// ChangeConnection changes what is set.
func (c *Client) ChangeConnection(ctx context.Context, id int64, change rest.ConnectionChange) (v rest.ConnectionView, err error) {
	err = c.call(ctx, http.MethodPatch, path("connections", id), nil, change, &v)
	return v, err
}

// RotateHook makes another secret for a hook; the answer has it.
func (c *Client) RotateHook(ctx context.Context, id int64) (rest.ConnectionView, error) {
	return post[rest.ConnectionView](ctx, c, path("connections", id, "hook", "rotate"), nil)
}

// SettleHook lets go of a hook's old secret.
func (c *Client) SettleHook(ctx context.Context, id int64) (rest.ConnectionView, error) {
	return post[rest.ConnectionView](ctx, c, path("connections", id, "hook", "settle"), nil)
}

// Services lists a team's.
func (c *Client) Services(ctx context.Context, team string) ([]slipway.Service, error) {
	return all[slipway.Service](ctx, c, path("teams", team, "services"), nil, 0)
}

// AddService registers one.
func (c *Client) AddService(ctx context.Context, team string, n rest.NewService) (slipway.Service, error) {
	return post[slipway.Service](ctx, c, path("teams", team, "services"), n)
}

// Service shows one.
func (c *Client) Service(ctx context.Context, name slipway.ServiceName) (slipway.Service, error) {
	return get[slipway.Service](ctx, c, path("teams", name.Team, "services", name.Name))
}

// RemoveService removes one.
func (c *Client) RemoveService(ctx context.Context, name slipway.ServiceName) error {
	return c.call(ctx, http.MethodDelete, path("teams", name.Team, "services", name.Name), nil, nil, nil)
}

// Secrets lists the names of a team's secrets.
func (c *Client) Secrets(ctx context.Context, team string) ([]slipway.SecretName, error) {
	return all[slipway.SecretName](ctx, c, path("teams", team, "secrets"), nil, 0)
}

// SetSecret sets a secret of a service or, where its name is "", of its team.
func (c *Client) SetSecret(ctx context.Context, of slipway.ServiceName, name, value string) error {
	return c.call(ctx, http.MethodPut, secretPath(of, name), nil, rest.Secret{Value: value}, nil)
}

// RemoveSecret removes one.
func (c *Client) RemoveSecret(ctx context.Context, of slipway.ServiceName, name string) error {
	return c.call(ctx, http.MethodDelete, secretPath(of, name), nil, nil, nil)
}

func secretPath(of slipway.ServiceName, name string) string {
	if of.Name == "" {
		return path("teams", of.Team, "secrets", name)
	}
	return path("teams", of.Team, "services", of.Name, "secrets", name)
}

// Tokens lists a team's, or with "" all.
func (c *Client) Tokens(ctx context.Context, team string) ([]slipway.Token, error) {
	return all[slipway.Token](ctx, c, tokensPath(team), nil, 0)
}

// AddToken makes one of a team, or with "" of none. The answer has its text.
func (c *Client) AddToken(ctx context.Context, team string, n rest.NewToken) (rest.TokenMade, error) {
	return post[rest.TokenMade](ctx, c, tokensPath(team), n)
}

func tokensPath(team string) string {
	if team == "" {
		return path("tokens")
	}
	return path("teams", team, "tokens")
}

// RevokeToken revokes one.
func (c *Client) RevokeToken(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("tokens", id), nil, nil, nil)
}

// Audit lists who did what in a team, or with "" everywhere, newest first.
func (c *Client) Audit(ctx context.Context, team string, most int) ([]slipway.AuditEntry, error) {
	if team == "" {
		return all[slipway.AuditEntry](ctx, c, path("audit"), nil, most)
	}
	return all[slipway.AuditEntry](ctx, c, path("teams", team, "audit"), nil, most)
}

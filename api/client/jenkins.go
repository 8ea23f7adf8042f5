package client

import (
	"context"
	"net/http"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// jenkinsOf is where a team's controller is or, of no team, the platform's.
func jenkinsOf(team string, more ...any) string {
	if team == "" {
		return path(append([]any{"jenkins"}, more...)...)
	}
	return path(append([]any{"teams", team, "jenkins"}, more...)...)
}

// Controllers lists all Jenkins controllers.
func (c *Client) Controllers(ctx context.Context) ([]slipway.Controller, error) {
	return all[slipway.Controller](ctx, c, path("jenkins", "controllers"), nil, 0)
}

// Controller shows where a team's builds are shown, and what waits for it; of
// team "" the platform's.
func (c *Client) Controller(ctx context.Context, team string) (rest.ControllerView, error) {
	return get[rest.ControllerView](ctx, c, jenkinsOf(team))
}

// SetController sets a team's own or the platform's.
func (c *Client) SetController(ctx context.Context, team string, n rest.NewController) (v slipway.Controller, err error) {
	err = c.call(ctx, http.MethodPut, jenkinsOf(team), nil, n, &v)
	return v, err
}

// RemoveController forgets a team's own or the platform's.
func (c *Client) RemoveController(ctx context.Context, team string) error {
	return c.call(ctx, http.MethodDelete, jenkinsOf(team), nil, nil, nil)
}

// CheckController tries it.
func (c *Client) CheckController(ctx context.Context, team string) (rest.ControllerCheck, error) {
	return post[rest.ControllerCheck](ctx, c, jenkinsOf(team, "check"), nil)
}

// Downstream gives the job that does what comes after a service's builds.
func (c *Client) Downstream(ctx context.Context, name slipway.ServiceName) (rest.Downstream, error) {
	return get[rest.Downstream](ctx, c, path("teams", name.Team, "services", name.Name, "downstream"))
}

// SetDownstream sets it; "" is none.
func (c *Client) SetDownstream(ctx context.Context, name slipway.ServiceName, job string) error {
	return c.call(ctx, http.MethodPut, path("teams", name.Team, "services", name.Name, "downstream"), nil, rest.Downstream{Job: job}, nil)
}

// JenkinsRuns lists what a build is in Jenkins.
func (c *Client) JenkinsRuns(ctx context.Context, build int64) ([]slipway.JenkinsRun, error) {
	return all[slipway.JenkinsRun](ctx, c, path("builds", build, "jenkins"), nil, 0)
}

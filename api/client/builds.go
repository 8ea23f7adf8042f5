package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// Filter asks for some builds. A zero field asks for all.
type Filter struct {
	Team    string
	Service string // bare, or TEAM/NAME
	State   slipway.BuildState
	Ref     string // full name
	Commit  string
	Event   int64
	Most    int
}

// Builds lists them, newest first.
func (c *Client) Builds(ctx context.Context, f Filter) ([]slipway.Build, error) {
	query := url.Values{}
	for name, value := range map[string]string{"team": f.Team, "service": f.Service, "state": string(f.State), "ref": f.Ref, "commit": f.Commit} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if f.Event != 0 {
		query.Set("event", strconv.FormatInt(f.Event, 10))
	}
	return all[slipway.Build](ctx, c, path("builds"), query, f.Most)
}

// Build shows one.
func (c *Client) Build(ctx context.Context, id int64) (slipway.Build, error) {
	return get[slipway.Build](ctx, c, path("builds", id))
}

// Start asks for a build of a service.
func (c *Client) Start(ctx context.Context, name slipway.ServiceName, n rest.NewBuild) (rest.Started, error) {
	return post[rest.Started](ctx, c, path("teams", name.Team, "services", name.Name, "builds"), n)
}

// Cancel cancels one.
func (c *Client) Cancel(ctx context.Context, id int64, reason string) (slipway.Build, error) {
	return post[slipway.Build](ctx, c, path("builds", id, "cancel"), rest.Cancel{Reason: reason})
}

// Retry builds the commit of one that did not succeed again.
func (c *Client) Retry(ctx context.Context, id int64) (slipway.Build, error) {
	return post[slipway.Build](ctx, c, path("builds", id, "retry"), nil)
}

// Rebuild builds the commit of one again; force builds what is known, too.
func (c *Client) Rebuild(ctx context.Context, id int64, force bool) (slipway.Build, error) {
	return post[slipway.Build](ctx, c, path("builds", id, "rebuild"), rest.Rebuild{Force: force})
}

// Events lists what happened to a connection's repository, newest first.
func (c *Client) Events(ctx context.Context, connection int64, most int) ([]slipway.EventRecord, error) {
	return all[slipway.EventRecord](ctx, c, path("connections", connection, "events"), nil, most)
}

// Event shows one, with what came of it.
func (c *Client) Event(ctx context.Context, id int64) (rest.EventView, error) {
	return get[rest.EventView](ctx, c, path("events", id))
}

// Approve lets an event of a fork be built, at this commit.
func (c *Client) Approve(ctx context.Context, event int64, commit string) (slipway.EventRecord, error) {
	return post[slipway.EventRecord](ctx, c, path("events", event, "approve"), rest.Approval{Commit: commit})
}

// Queue lists the builds that wait, in the order in which they will start.
func (c *Client) Queue(ctx context.Context) ([]rest.Waiting, error) {
	return all[rest.Waiting](ctx, c, path("queue"), nil, 0)
}

// Workers lists them.
func (c *Client) Workers(ctx context.Context) ([]slipway.Worker, error) {
	return all[slipway.Worker](ctx, c, path("workers"), nil, 0)
}

// Drain takes a worker out of the rota, or back into it.
func (c *Client) Drain(ctx context.Context, worker string, drain bool) error {
	verb := "undrain"
	if drain {
		verb = "drain"
	}
	return c.call(ctx, http.MethodPost, path("workers", worker, verb), nil, nil, nil)
}

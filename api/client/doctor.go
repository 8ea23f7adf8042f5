package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// CheckConnection tries the way from a connection's hook to an image.
func (c *Client) CheckConnection(ctx context.Context, id int64) (rest.ConnectionCheck, error) {
	return post[rest.ConnectionCheck](ctx, c, path("connections", id, "check"), nil)
}

// Version gives the server's; it needs no token.
func (c *Client) Version(ctx context.Context) (string, error) {
	var description struct {
		Info struct{ Title, Version string }
	}
	err := c.call(ctx, http.MethodGet, path("openapi.json"), nil, nil, &description)
	if err == nil && description.Info.Title != "Slipway" {
		err = slipway.Errorf(slipway.CodeUnavailable, "%s answers, and is no Slipway server", c.server)
	}
	return description.Info.Version, err
}

// Ready tells which parts of the server do not work, with a sentence each; it
// needs no token.
func (c *Client) Ready(ctx context.Context) (rest.Health, error) {
	ctx, stop := context.WithTimeout(ctx, callTime)
	defer stop()
	var health rest.Health
	response, err := c.ask(ctx, http.MethodGet, "/readyz", nil, nil)
	if err != nil {
		return health, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&health) != nil || health.Status == "" {
		return health, slipway.Errorf(slipway.CodeUnavailable, "%s answers %s when it is asked whether it is ready", c.server, response.Status)
	}
	return health, nil
}

package client

import (
	"context"

	"github.com/slipway-ci/slipway/api/rest"
)

// Join asks what a worker needs to know; the token is a worker's.
func (c *Client) Join(ctx context.Context) (rest.Joining, error) {
	return get[rest.Joining](ctx, c, path("join"))
}

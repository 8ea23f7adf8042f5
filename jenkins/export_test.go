package jenkins

import (
	"context"

	"github.com/bndr/gojenkins"
)

// Gojenkins is the library above our requester.
func (c *Client) Gojenkins() *gojenkins.Jenkins { return c.api }

// Reconfigure posts a job's configuration, as a person would.
func (c *Client) Reconfigure(ctx context.Context, job, config string) error {
	return c.updateJob(ctx, job, []byte(config))
}

// Inner names for tests.
var (
	Same     = same
	PlaceOf  = placeOf
	ItemOf   = itemOf
	Evidence = func(body []byte) []string { return evidence(answer{body: body}) }
)

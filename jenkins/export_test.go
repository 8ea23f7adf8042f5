package jenkins

import "github.com/bndr/gojenkins"

// Gojenkins is the library above our requester.
func (c *Client) Gojenkins() *gojenkins.Jenkins { return c.api }

// Inner names for tests.
var (
	Same     = same
	PlaceOf  = placeOf
	ItemOf   = itemOf
	Evidence = func(body []byte) []string { return evidence(answer{body: body}) }
)

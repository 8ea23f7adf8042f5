package api

import (
	"github.com/slipway-ci/slipway"
)

// join tells a worker where everything is.
func (s *server) join(r *request) (any, error) {
	if s.Joining == nil {
		return nil, slipway.Errorf(slipway.CodeConflict, "this server takes no workers on other machines").
			WithHint("start it with --queue-listen ADDRESS, and with a --registry that they reach")
	}
	return s.Joining(r.ctx())
}

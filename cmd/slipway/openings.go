package main

import (
	"strings"
	"sync"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
)

// openings is what opens repositories of a server's registry, as a worker on
// another machine was given it: the stack images when it joined, a service's
// with each attempt at a build of it.
type openings struct {
	mu     sync.Mutex
	stacks solve.Credentials
	of     map[slipway.ServiceName]solve.Credentials
}

func (o *openings) joined(user, password string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stacks = solve.Credentials{User: user, Password: password}
}

// give keeps what an attempt may use. An earlier attempt at the same service
// may use it as well. A control plane of the release before gives nothing with
// an attempt: what it gave to the worker that joined opens everything.
func (o *openings) give(a slipway.Assignment) {
	if a.Push.Password == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = map[slipway.ServiceName]solve.Credentials{}
	}
	o.of[a.Service] = solve.Credentials{User: a.Push.User, Password: a.Push.Password}
}

// at gives the credentials for a path of the distribution protocol,
// /v2/TEAM/NAME/….
func (o *openings) at(path string) solve.Credentials {
	o.mu.Lock()
	defer o.mu.Unlock()
	parts := strings.SplitN(strings.TrimPrefix(path, "/v2/"), "/", 3)
	if len(parts) == 3 {
		if c, ok := o.of[slipway.ServiceName{Team: parts[0], Name: parts[1]}]; ok {
			return c
		}
	}
	return o.stacks
}

package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
)

// registerAdopted makes services of what has a plan. What is refused is noted
// at its job; the others go on.
func (a *app) registerAdopted(ctx context.Context, jobs []adopted, f adoptFlags) error {
	server, err := a.remote()
	if err != nil {
		return err
	}
	there, err := server.Services(ctx, f.team)
	if err != nil {
		return err
	}
	known := map[slipway.ServiceName]bool{}
	for _, s := range there {
		known[s.Name] = true
	}
	for i := range jobs {
		for _, s := range jobs[i].Services {
			switch {
			case s.Plan == nil:
			case known[s.Service]:
				jobs[i].Refused = "there is a service " + s.Service.String() + " already"
			default:
				connection, err := a.registerOne(ctx, server, jobs[i].Repository, s, f)
				if err != nil {
					jobs[i].Refused = s.Service.String() + " is not registered: " + withHint(err)
					continue
				}
				jobs[i].Connection = connection
				known[s.Service] = true
				jobs[i].Registered = append(jobs[i].Registered, s.Service.String())
			}
		}
	}
	return nil
}

// registerOne makes a service and gives its connection.
func (a *app) registerOne(ctx context.Context, server *client.Client, repository string, s surveyed, f adoptFlags) (int64, error) {
	c, err := a.connect(ctx, server, s.Service.Team, repository, &newServiceFlags{forge: f.forge})
	if err != nil {
		return 0, err
	}
	_, err = server.AddService(ctx, s.Service.Team, rest.NewService{Name: s.Service.Name, Connection: c.ID, Path: s.Path, Kind: s.Plan.Kind})
	return c.ID, err
}

// withHint is an error in one line.
func withHint(err error) string {
	p := slipway.ProblemOf(err)
	if p.Hint == "" {
		return p.Message
	}
	return p.Message + "; " + p.Hint
}

// withoutLogin is a repository's URL without what opens it. The user of an ssh
// URL belongs to its address. What is no URL loses all before its last @.
func withoutLogin(address string) string {
	u, err := url.Parse(address)
	scheme, rest, ok := strings.Cut(address, "://")
	switch {
	case err != nil && ok:
		return scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
	case err != nil || u.User == nil:
		return address
	case u.Scheme != "ssh":
		u.User = nil
	default:
		u.User = url.User(u.User.Username())
	}
	return u.String()
}

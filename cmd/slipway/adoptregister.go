package main

import (
	"context"
	"net/url"

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
				if err := a.registerOne(ctx, server, jobs[i].Repository, s, f); err != nil {
					jobs[i].Refused = s.Service.String() + " is not registered: " + slipway.ProblemOf(err).Message
					continue
				}
				known[s.Service] = true
				jobs[i].Registered = append(jobs[i].Registered, s.Service.String())
			}
		}
	}
	return nil
}

func (a *app) registerOne(ctx context.Context, server *client.Client, repository string, s surveyed, f adoptFlags) error {
	c, err := a.connect(ctx, server, s.Service.Team, repository, &newServiceFlags{forge: f.forge})
	if err != nil {
		return err
	}
	_, err = server.AddService(ctx, s.Service.Team, rest.NewService{Name: s.Service.Name, Connection: c.ID, Path: s.Path, Kind: s.Plan.Kind})
	return err
}

// withoutLogin is a repository's URL without what opens it. The user of an ssh
// URL belongs to its address.
func withoutLogin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	if u.Scheme != "ssh" {
		u.User = nil
	} else {
		u.User = url.User(u.User.Username())
	}
	return u.String()
}

package api

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// listQueue shows the places of what the token may see. Positions count
// everybody's builds: who is twelfth is twelfth.
func (s *server) listQueue(r *request) (any, error) {
	w, err := r.window()
	if err != nil || s.Queue == nil {
		return rest.List[rest.Waiting]{Items: []rest.Waiting{}}, err
	}
	all, err := s.Queue.Queue(r.ctx())
	if err != nil {
		return nil, err
	}
	of, err := s.waitingBuilds(r)
	if err != nil {
		return nil, err
	}
	page := rest.List[rest.Waiting]{Items: []rest.Waiting{}}
	for _, waiting := range all {
		if byID(int64(waiting.Position)) <= w.after && w.after != "" {
			continue
		}
		b, ok := of(waiting.Build)
		if !ok {
			continue // it does not wait any more, or is not the caller's
		}
		if len(page.Items) == w.most {
			page.Next = cursor(byID(int64(page.Items[w.most-1].Position)))
			break
		}
		page.Items = append(page.Items, rest.Waiting{
			Build: waiting.Build, Service: b.Service, Position: waiting.Position, Reason: waiting.Reason, Estimate: int64(waiting.Estimate.Seconds()),
		})
	}
	return page, nil
}

// maxQueue is how many of a team's waiting builds are looked at.
const maxQueue = 10_000

// waitingBuilds gives what finds a build that waits. Of a team that is one
// question for all of them; who sees everything asks for those of one page.
func (s *server) waitingBuilds(r *request) (func(id int64) (slipway.Build, bool), error) {
	if r.token.Team == "" {
		return func(id int64) (slipway.Build, bool) {
			b, err := s.Record.Build(r.ctx(), id)
			return b, err == nil && b.State == slipway.BuildQueued
		}, nil
	}
	builds, err := s.Record.Builds(r.ctx(), slipway.BuildPage{Team: r.token.Team, State: slipway.BuildQueued, Most: maxQueue})
	byID := make(map[int64]slipway.Build, len(builds))
	for _, b := range builds {
		byID[b.ID] = b
	}
	return func(id int64) (slipway.Build, bool) { b, ok := byID[id]; return b, ok }, err
}

func (s *server) listWorkers(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	workers, err := s.Record.Workers(r.ctx())
	return cut(w, workers, func(v slipway.Worker) string { return v.Name }), err
}

func (s *server) drainWorker(r *request) (any, error)   { return nil, s.drain(r, true) }
func (s *server) undrainWorker(r *request) (any, error) { return nil, s.drain(r, false) }

func (s *server) drain(r *request, drain bool) error {
	name := r.c.Param("worker")
	workers, err := s.Record.Workers(r.ctx())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(workers, func(w slipway.Worker) bool { return w.Name == name }) {
		return notFound("there is no worker %.80q", name)
	}
	if err := s.Record.Drain(r.ctx(), name, drain); err != nil {
		return err
	}
	s.Bell.Ring(topicDispatch)
	return nil
}

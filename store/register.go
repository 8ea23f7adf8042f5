package store

import (
	"context"
	"fmt"

	"github.com/slipway-ci/slipway"
)

// register gives the id of a service that was found, and registers it when it
// is new. Code of strangers makes no services and changes none: 0 is one that
// has to wait until a member's push has it.
func (w *expanding) register(ctx context.Context, f slipway.Found) (int64, error) {
	v, known := w.services[f.Name]
	switch {
	case !known && w.policy.Trust == slipway.TrustStranger:
		w.notes = append(w.notes, fmt.Sprintf("the service %s is new, and is built once a member's push has it", f.Name))
		return 0, nil
	case known && !w.rules():
		return v.ID, nil
	case !known:
		v = slipway.Service{Name: slipway.ServiceName{Team: w.teamName, Name: f.Name}, Connection: w.event.Connection}
	}
	v.Path, v.Kind, v.Needs = f.Path, f.Kind, f.Needs
	id, err := w.addService(ctx, w.team, v)
	v.ID = id
	w.services[f.Name] = v
	return id, err
}

// rules tells whether the event says how its services are from now on: one of
// the default branch does, and while that is unknown one of any branch.
func (w *expanding) rules() bool {
	e := w.event.Event
	return w.policy.Trust == slipway.TrustMember && e.Pull == nil && e.Branch() != "" && (w.policy.Default == "" || e.Ref == w.policy.Default)
}

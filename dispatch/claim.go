package dispatch

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Claim gives a worker the next attempt at a build that waits; CodeConflict
// when it is not to have it. A worker that claims what the record has as
// running at it did not get the answer, or was started anew: what it may have
// begun is not wanted, and it gets another attempt.
func (c *Control) Claim(ctx context.Context, worker string, build int64) (slipway.Assignment, error) {
	b, err := c.Attempts.Build(ctx, build)
	if err != nil {
		return slipway.Assignment{}, err
	}
	if err := c.admit(ctx, worker, b.Trust); err != nil {
		return slipway.Assignment{}, err
	}
	// Whatever can fail is asked for before the attempt begins.
	a, err := c.assignment(ctx, b)
	if err != nil {
		return slipway.Assignment{}, c.unready(ctx, b, worker, err)
	}
	if b.State == slipway.BuildRunning && b.Worker == worker {
		lost := slipway.Attempt{Build: b.ID, Number: b.Attempt, Worker: worker}
		back := slipway.Outcome{State: slipway.BuildQueued, Reason: "its worker has begun anew"}
		if err := c.Attempts.Finish(ctx, lost, 0, back, c.Now()); err != nil {
			return slipway.Assignment{}, err
		}
	}
	if a.Attempt, err = c.Attempts.Claim(ctx, build, worker, c.Now(), c.Now().Add(Lease)); err != nil {
		return slipway.Assignment{}, err
	}
	c.ring(build)
	c.Bell.Ring(RingOutbox)
	return a, nil
}

// unready has a build that cannot be handed out, for a reason that somebody
// has to mend, wait longer each time and say why, instead of being offered
// again at once for ever: an attempt of its own that ends where it began.
func (c *Control) unready(ctx context.Context, b slipway.Build, worker string, why error) error {
	if slipway.Passing(why) || ctx.Err() != nil || b.State != slipway.BuildQueued {
		return why
	}
	a, err := c.Attempts.Claim(ctx, b.ID, worker, c.Now(), c.Now().Add(Lease))
	if err != nil {
		return err
	}
	return cmp.Or(c.Finish(ctx, a, 0, slipway.Outcome{State: slipway.BuildQueued, Reason: why.Error(), Later: true}), why)
}

// admit sees that a worker may have something of that trust now.
func (c *Control) admit(ctx context.Context, worker string, trust slipway.Trust) error {
	w, err := c.worker(ctx, worker)
	if err != nil {
		return err
	}
	if ill := illness(w); ill != "" {
		return slipway.Errorf(slipway.CodeConflict, "the worker %s takes nothing: %s", worker, ill)
	}
	return serving(w, trust)
}

func serving(w slipway.Worker, trust slipway.Trust) error {
	if serves(w, trust) {
		return nil
	}
	return slipway.Errorf(slipway.CodeConflict, "the worker %s does not serve %s", w.Name, whose(trust))
}

func (c *Control) worker(ctx context.Context, name string) (slipway.Worker, error) {
	workers, err := c.Reported.Workers(ctx)
	if err != nil {
		return slipway.Worker{}, err
	}
	i := slices.IndexFunc(workers, func(w slipway.Worker) bool { return w.Name == name })
	if i < 0 {
		return slipway.Worker{}, slipway.Errorf(slipway.CodeConflict, "the worker %s has not reported yet", name)
	}
	return workers[i], nil
}

// assignment is all that a worker is told of a build, without the attempt.
func (c *Control) assignment(ctx context.Context, b slipway.Build) (slipway.Assignment, error) {
	a := slipway.Assignment{
		Lease: Lease, Service: b.Service, Path: b.Path, Trust: b.Trust, Force: b.Force,
		Wall: cmp.Or(c.Wall, 30*time.Minute), Silence: cmp.Or(c.Silence, 10*time.Minute),
	}
	e, err := c.Reported.Event(ctx, b.Event)
	if err != nil {
		return a, err
	}
	connection, err := c.Sources.Connection(ctx, e.Connection)
	if err != nil {
		return a, err
	}
	ref := b.Ref
	if b.Pull != 0 {
		ref = fetchRef(connection.Forge, b.Pull)
	}
	if a.Origin, err = c.origin(ctx, connection, ref, b.Commit); err != nil {
		return a, err
	}
	if b.Trust == slipway.TrustMember {
		if a.Secrets, err = c.Sources.Secrets(ctx, b.Service); err != nil {
			return a, err
		}
	}
	if a.Policy, err = c.Sources.Policy(ctx, b.Service.Team); err != nil {
		return a, err
	}
	if c.Push != nil {
		a.Push = c.Push(b.Service, c.Now().Add(a.Wall+pushTime))
	}
	a.Mask = append(masked(a.Origin.Credential, a.Secrets), a.Push.Password)
	return a, nil
}

// pushTime is how long an image may be on its way to the registry when its
// build has used up its time.
const pushTime = 10 * time.Minute

func (c *Control) origin(ctx context.Context, connection slipway.Connection, ref, commit string) (slipway.Origin, error) {
	o := slipway.Origin{Connection: connection.ID, URL: connection.URL, Ref: ref, Commit: commit, Reads: connection.Reads}
	keys, err := c.Sources.Keys(ctx, connection.ID)
	if err != nil {
		return o, err
	}
	o.Credential, err = c.Credentials.Credential(ctx, connection, keys)
	return o, err
}

// masked lists what no log may show: values whole, and each line of those
// that have several, since logs are made of lines.
func masked(credential slipway.Credential, secrets map[string]string) []string {
	values := []string{credential.Password, credential.SSHKey}
	for _, v := range secrets {
		values = append(values, v)
	}
	var mask []string
	for _, v := range values {
		mask = append(mask, v)
		if lines := strings.Split(strings.TrimSpace(v), "\n"); len(lines) > 1 {
			for _, line := range lines {
				mask = append(mask, strings.TrimSpace(line))
			}
		}
	}
	slices.Sort(mask)
	mask = slices.Compact(mask)
	return slices.DeleteFunc(mask, func(v string) bool { return v == "" || strings.HasPrefix(v, "-----") })
}

package source

import (
	"context"

	"github.com/slipway-ci/slipway"
)

func (s *Sources) fetcher() (fetcher, error) {
	c := s.config
	switch {
	case c.Git != "":
		bundle, err := writeBundle(c.Mirrors, c.CA)
		return &systemGit{program: c.Git, agent: c.SSHAgent, key: c.SSHKey, known: c.KnownHosts, limits: c.Limits, bundle: bundle}, err
	case len(c.Self) > 0:
		return &goGit{self: c.Self, limits: c.Limits}, nil
	}
	return nil, slipway.Errorf(slipway.CodeUnavailable, "nothing here can fetch a repository").
		WithHint("install git, or give a directory")
}

// access opens the one way to a repository.
func (s *Sources) access(ctx context.Context, r remote, to reach) (*access, error) {
	a := &access{remote: r, login: credentials(r, s.logins), ca: s.config.CA}
	var err error
	if r.Scheme == "ssh" {
		a.pinned, err = pin(ctx, r, to)
		return a, err
	}
	a.gate, err = openGate(ctx, r, to, s.config.Limits, s.config.Proxy)
	return a, err
}

func (a *access) close() {
	if a.gate != nil {
		a.gate.close()
	}
}

// refetch replaces a mirror that lacks objects by a new generation.
func (s *Sources) refetch(ctx context.Context, snap *snapshot, to reach) error {
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Fetch)
	defer cancel()
	a, err := s.access(ctx, snap.remote, to)
	if err != nil {
		return err
	}
	defer a.close()
	old := snap.mirror
	old.condemn()
	if err := old.close(); err != nil {
		return err
	}
	m, err := openMirror(ctx, old.base)
	if err != nil {
		return err
	}
	*old = *m // the tree's closers hold the pointer
	if err := s.bring(ctx, snap.fetcher, a, snap); err != nil {
		return err
	}
	return old.release()
}

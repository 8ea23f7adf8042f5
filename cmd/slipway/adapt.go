package main

import (
	"context"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/registry"
)

// images lets the builder find and stamp in a registry.
type images struct{ registry *registry.Registry }

// Find implements builder.Images.
func (i *images) Find(ctx context.Context, service slipway.ServiceName, key slipway.BuildKey) (string, bool, error) {
	return i.registry.FindContent(ctx, service, key)
}

// Created implements builder.Images.
func (i *images) Created(ctx context.Context, service slipway.ServiceName, content string) (time.Time, error) {
	return i.registry.ContentCreated(ctx, service, content)
}

// Size implements builder.Images.
func (i *images) Size(ctx context.Context, service slipway.ServiceName, content string) (int64, error) {
	return i.registry.ContentSize(ctx, service, content)
}

// Stamp implements builder.Images.
func (i *images) Stamp(ctx context.Context, s builder.Stamp) (slipway.Image, error) {
	image, err := i.registry.Stamp(ctx, registry.StampRequest{Service: s.Service, Content: s.Content, Key: s.Key, Revision: s.Revision})
	if err != nil {
		return slipway.Image{}, err
	}
	// One name on every machine, whatever address the registry has today.
	image.Repository = internalRegistry + "/" + s.Service.String()
	return image, nil
}

// solver makes content images on the platform's daemon and leaves them in
// the embedded registry under their key, which is how they are found again.
type solver struct{ platform *platform }

// Solve implements builder.Solver.
func (s *solver) Solve(ctx context.Context, r solve.Request, key slipway.BuildKey) (string, error) {
	client, err := s.platform.solver(ctx)
	if err != nil {
		return "", err
	}
	if engine := s.platform.engine; engine != nil {
		if err := engine.CheckDisk(); err != nil {
			return "", err
		}
	}
	if s.platform.flags.buildkit != "" {
		return s.platform.solveElsewhere(ctx, client, r, key)
	}
	r.Target = solve.Target{Push: internalRegistry + "/" + r.Service.String() + ":" + registry.ContentTag(key)}
	return client.Build(ctx, r)
}

// outside is a name in somebody's registry, with the user's own credentials
// as every container tool keeps them.
func outside(name string) registry.Remote {
	return registry.Remote{Name: name, Keychain: authn.DefaultKeychain, UserAgent: "slipway/" + programVersion()}
}

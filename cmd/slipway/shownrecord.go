package main

import (
	"context"
	"net"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// shownRecord gives builds to people and other programs: with their images
// under the name by which the registry is reached, not the one that it has
// inside.
type shownRecord struct {
	tracedRecord

	plane *controlPlane
}

// Build implements api.Builds and jenkins.Builds.
func (r shownRecord) Build(ctx context.Context, id int64) (slipway.Build, error) {
	b, err := r.tracedRecord.Build(ctx, id)
	b.Image = r.plane.shown(b.Image)
	return b, err
}

// Builds implements api.Builds.
func (r shownRecord) Builds(ctx context.Context, p slipway.BuildPage) ([]slipway.Build, error) {
	builds, err := r.tracedRecord.Builds(ctx, p)
	for i := range builds {
		builds[i].Image = r.plane.shown(builds[i].Image)
	}
	return builds, err
}

// shown is an image as others pull it.
func (c *controlPlane) shown(i slipway.Image) slipway.Image {
	if name, ok := strings.CutPrefix(i.Repository, internalRegistry+"/"); ok {
		i.Repository = c.pulledFrom() + "/" + name
	}
	return i
}

// pulledFrom is the registry's address for others: where it listens on every
// address, the host by which the API is known.
func (c *controlPlane) pulledFrom() string {
	port, everywhere := strings.CutPrefix(withoutWildcard(c.registry), ":")
	if u, err := url.Parse(c.web.url); everywhere && err == nil && u.Hostname() != "" {
		return net.JoinHostPort(u.Hostname(), port)
	}
	return c.registry
}

package main

import (
	"context"
	"net/http"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/forge"
)

// apiForges are the forges as the API wants them.
type apiForges struct{}

var _ api.Forges = apiForges{}

func (apiForges) Names() []string {
	var names []string
	for _, f := range forge.All() {
		names = append(names, f.Name())
	}
	return names
}

func (apiForges) Verify(name string, header http.Header, body []byte, secrets []string, now time.Time) (string, error) {
	f, err := forge.Named(name)
	if err != nil {
		return "", err
	}
	d := forge.Delivery{Header: header, Body: body}
	return f.ID(d), f.Verify(d, secrets, now)
}

func (apiForges) Events(name string, header http.Header, body []byte) ([]slipway.Event, error) {
	f, err := forge.Named(name)
	if err != nil {
		return nil, err
	}
	return f.Events(forge.Delivery{Header: header, Body: body})
}

// apiRemotes are repositories and forges as the API tries them: by the same
// way, and with the same credentials, as builds and statuses.
type apiRemotes struct {
	origins

	forges *forge.API
}

var _ api.Remotes = apiRemotes{}

// Branches implements api.Remotes.
func (r apiRemotes) Branches(ctx context.Context, c slipway.Connection, keys slipway.Keys) (map[string]string, string, error) {
	credential, err := r.forges.Credential(ctx, c, keys)
	if err != nil {
		return nil, "", err
	}
	return r.heads(ctx, slipway.Origin{Connection: c.ID, URL: c.URL, Credential: credential})
}

// Shows implements api.Remotes.
func (apiRemotes) Shows(name string) bool { return forge.Shows(name) }

// Statuses implements api.Remotes.
func (r apiRemotes) Statuses(ctx context.Context, c slipway.Connection, keys slipway.Keys, commit string) error {
	s, err := r.forges.Statuses(ctx, c, keys)
	if err != nil {
		return err
	}
	return s.Try(ctx, commit)
}

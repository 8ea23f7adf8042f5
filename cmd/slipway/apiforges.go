package main

import (
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

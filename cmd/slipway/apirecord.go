package main

import (
	"context"
	"net/http"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/forge"
	"github.com/slipway-ci/slipway/store"
)

// apiRecord is the record as the API wants it: where the two have types of
// their own for the same thing, it hands over what is in them.
type apiRecord struct{ *store.Store }

var _ api.Record = apiRecord{}

func (r apiRecord) Receive(ctx context.Context, d api.Delivery) ([]int64, error) {
	return r.Store.Receive(ctx, store.Received(d))
}

func (r apiRecord) Builds(ctx context.Context, p api.BuildPage) ([]slipway.Build, error) {
	return r.Store.Builds(ctx, store.Page(p))
}

func (r apiRecord) Log(ctx context.Context, build int64, after slipway.Chunk, most int) ([]slipway.Chunk, error) {
	chunks, err := r.Store.Log(ctx, build, store.Chunk(after), most)
	return each(chunks, func(c store.Chunk) slipway.Chunk { return slipway.Chunk(c) }), err
}

func (r apiRecord) SecretNames(ctx context.Context, team string) ([]rest.SecretName, error) {
	names, err := r.Store.SecretNames(ctx, team)
	return each(names, func(n store.SecretName) rest.SecretName { return rest.SecretName(n) }), err
}

func (r apiRecord) Workers(ctx context.Context) ([]rest.Worker, error) {
	workers, err := r.Store.Workers(ctx)
	return each(workers, func(w store.Worker) rest.Worker { return rest.Worker(w) }), err
}

func (r apiRecord) Event(ctx context.Context, id int64) (rest.EventRecord, error) {
	e, err := r.Store.Event(ctx, id)
	return shownEvent(e), err
}

func (r apiRecord) Events(ctx context.Context, connection, before int64, most int) ([]rest.EventRecord, error) {
	events, err := r.Store.Events(ctx, connection, before, most)
	return each(events, shownEvent), err
}

func shownEvent(e store.EventRecord) rest.EventRecord {
	return rest.EventRecord{ID: e.ID, Connection: e.Connection, Received: e.Received, State: e.State, Note: e.Note, Approved: e.Approved, Event: e.Event}
}

func each[From, To any](from []From, make func(From) To) []To {
	var to []To
	for _, f := range from {
		to = append(to, make(f))
	}
	return to
}

// apiForges are the forges as the API wants them.
type apiForges struct{}

var _ api.Forges = apiForges{}

func (apiForges) Names() []string {
	return each(forge.All(), func(f forge.Forge) string { return f.Name() })
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

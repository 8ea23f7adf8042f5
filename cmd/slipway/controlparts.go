package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/forge"
	"github.com/slipway-ci/slipway/registry"
	"github.com/slipway-ci/slipway/store"
)

// stamper stamps in the registry. Of several control planes one at a time
// chooses a tag of a service: the registry's protocol has no
// compare-and-swap.
type stamper struct {
	registry *registry.Registry
	record   *store.Store
}

// Stamp implements dispatch.Stamper.
func (s stamper) Stamp(ctx context.Context, service slipway.ServiceName, content string, key slipway.BuildKey, r slipway.Revision) (slipway.Image, error) {
	var image slipway.Image
	err := s.record.Exclusively(ctx, "stamp "+service.String(), func(ctx context.Context) (err error) {
		image, err = s.registry.Stamp(ctx, registry.StampRequest{Service: service, Content: content, Key: key, Revision: r})
		return err
	})
	if err != nil {
		return slipway.Image{}, err
	}
	if image.MadeBy, err = s.record.MadeBy(ctx, service, key); err != nil {
		return slipway.Image{}, err
	}
	image.Repository = internalRegistry + "/" + service.String() // one name on every machine
	return image, nil
}

// tagger moves tags in the registry.
type tagger struct{ registry *registry.Registry }

// Tag implements dispatch.Tagger.
func (t tagger) Tag(ctx context.Context, image slipway.Image, tag string) error {
	return t.registry.Move(ctx, image, tag)
}

// setter tells dispatch of forges in its own words.
func setter(api *forge.API) func(context.Context, slipway.Connection, slipway.Keys) (dispatch.Setter, error) {
	return func(ctx context.Context, c slipway.Connection, keys slipway.Keys) (dispatch.Setter, error) {
		s, err := api.Statuses(ctx, c, keys)
		if err != nil {
			return nil, err
		}
		return statuses{s}, nil
	}
}

type statuses struct{ forge *forge.Statuses }

// Set implements dispatch.Setter.
func (s statuses) Set(ctx context.Context, commit string, status dispatch.Status) error {
	return s.forge.Set(ctx, commit, forge.Status(status))
}

// heads asks repositories for their branches, and remembers which one is the
// default where nobody said.
type heads struct {
	origins

	record *store.Store
}

// Heads implements dispatch.Remote.
func (h *heads) Heads(ctx context.Context, c slipway.Connection, credential slipway.Credential) (map[string]string, error) {
	all, def, err := h.heads(ctx, slipway.Origin{Connection: c.ID, URL: c.URL, Credential: credential})
	if err != nil {
		return nil, err
	}
	if c.Default == "" && def != "" {
		err = h.record.SetDefault(ctx, c.ID, def)
	}
	return all, err
}

// sealKey is what seals the record's secrets: made once, readable by its
// owner alone, and to be kept with every backup. One that somebody named is
// never made: several control planes have the same.
func (d *dataDir) sealKey(named string) ([]byte, error) {
	path := cmp.Or(named, d.join("keys", "seal"))
	key, err := os.ReadFile(path)
	switch {
	case err == nil && len(key) == sealBytes:
		return key, nil
	case err == nil:
		return nil, slipway.Errorf(slipway.CodeUsage, "the key file %s is damaged: it has %d bytes, not %d", path, len(key), sealBytes).
			WithHint("put the file back that the record was sealed with")
	case named != "" && errors.Is(err, fs.ErrNotExist):
		return nil, slipway.Errorf(slipway.CodeUsage, "the key file %s is not there", path).
			WithHint("make it once, and give every control plane of this record the same: `head -c %d /dev/urandom >FILE`", sealBytes)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, slipway.Errorf(slipway.CodeUsage, "the key file %s cannot be read", path).Because(err)
	}
	key = make([]byte, sealBytes)
	_, _ = rand.Read(key) // it never fails (Go 1.24)
	if err := replaceFile(path, key); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the key file %s cannot be written", path).Because(err)
	}
	return key, nil
}

const sealBytes = 32

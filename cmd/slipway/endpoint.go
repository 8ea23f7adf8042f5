package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/slipway-ci/slipway"
)

// endpoint is how a `build` reaches the engines of a running `up` in the same
// data directory. The file is readable by its owner alone, since the password
// opens the registry.
type endpoint struct {
	PID      int    `json:"pid"`
	BuildKit string `json:"buildkit"` // daemon address
	Proxied  bool   `json:"proxied"`
	Registry string `json:"registry"` // host:port on loopback
	User     string `json:"user"`     // for the daemon, under the registry's internal name
	Password string `json:"password"`
	Server   string `json:"server,omitempty"` // base URL of the API
	Token    string `json:"token,omitempty"`  // an operator's, for it

	RegistryPassword string `json:"registryPassword,omitempty"` // for the registry's address, where it asks for one
}

func (d *dataDir) endpointFile() string { return d.join("run", "endpoint.json") }

// writeEndpoint replaces the file in one step.
func (d *dataDir) writeEndpoint(e endpoint) error {
	b, err := json.Marshal(e) //nolint:gosec // the password is what a sharing build needs; the file is its owner's alone
	if err != nil {
		return err
	}
	return replaceFile(d.endpointFile(), b)
}

// readEndpoint gives ok false when no `up` has written one.
func (d *dataDir) readEndpoint() (e endpoint, ok bool, err error) {
	b, err := os.ReadFile(d.endpointFile())
	if errors.Is(err, fs.ErrNotExist) {
		return endpoint{}, false, nil
	}
	if err != nil {
		return endpoint{}, false, slipway.Errorf(slipway.CodeUnavailable, "the running engine's address in %s cannot be read", d.endpointFile()).Because(err)
	}
	if err := json.Unmarshal(b, &e); err != nil {
		return endpoint{}, false, slipway.Errorf(slipway.CodeUnavailable, "the running engine's address in %s is damaged", d.endpointFile()).Because(err)
	}
	return e, true, nil
}

func (d *dataDir) removeEndpoint() { _ = os.Remove(d.endpointFile()) }

// keychain opens the registry; nil is what one needs that asks for nothing.
func (e endpoint) keychain() authn.Keychain {
	if e.RegistryPassword == "" {
		return nil
	}
	return oneLogin{&authn.Basic{Username: registryUser, Password: e.RegistryPassword}}
}

// oneLogin is the same everywhere: it is asked for one registry.
type oneLogin struct{ authn.Authenticator }

// Resolve implements authn.Keychain.
func (l oneLogin) Resolve(authn.Resource) (authn.Authenticator, error) { return l.Authenticator, nil }

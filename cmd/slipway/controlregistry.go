package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry/local"
)

// registryUser is whom the registry knows us as.
const registryUser = "slipway"

// openGrants finds what opens the registry and makes credentials for parts of
// it. Where nobody chose a password it is one of this record's own: everybody
// on this machine may pull then, and only who reads the data directory may
// push.
func (c *controlPlane) openGrants(seal []byte) (err error) {
	c.registryPassword = c.app.getenv("SLIPWAY_REGISTRY_PASSWORD")
	if c.registryPassword == "" && c.flags.registryURL != "" {
		return slipway.Errorf(slipway.CodeUsage, "the registry at %s needs a password", c.flags.registryURL).
			WithHint("set SLIPWAY_REGISTRY_PASSWORD to the one of the control plane that has the registry")
	}
	if c.registryPassword == "" {
		key, err := hkdf.Key(sha256.New, seal, nil, "slipway registry password", sha256.Size)
		if err != nil {
			return err
		}
		c.registryPassword = hex.EncodeToString(key)
	}
	c.grants, err = local.NewGrants([]byte(c.registryPassword))
	return err
}

// listenRegistry offers the embedded registry on its address; another control
// plane's is there already.
func (c *controlPlane) listenRegistry(ctx context.Context) error {
	if c.flags.registryURL != "" {
		_, host, _ := strings.Cut(c.flags.registryURL, "://") // it was read before
		c.registry, c.registryURL = strings.TrimRight(host, "/"), c.flags.registryURL
		return nil
	}
	guard := &local.Guard{
		Owner: local.Credentials{User: registryUser, Password: c.registryPassword}, Grants: c.grants,
		Readable: c.app.getenv("SLIPWAY_REGISTRY_PASSWORD") == "", Now: time.Now,
	}
	addr, err := c.platform.local.Listen(ctx, c.flags.registryListen, guard)
	if err == nil {
		c.registry = addr.String()
		c.registryURL = "http://" + withoutWildcard(c.registry)
	}
	return err
}

// push makes what opens a service's images for a worker.
func (c *controlPlane) push(service slipway.ServiceName, until time.Time) slipway.Credential {
	made := c.grants.Make(local.Grant{Repository: service.String(), Until: until})
	return slipway.Credential{User: made.User, Password: made.Password}
}

// pull makes what opens the stack images; workers ask for it anew every
// minute.
func (c *controlPlane) pull() local.Credentials {
	return c.grants.Make(local.Grant{Until: time.Now().Add(24 * time.Hour)})
}

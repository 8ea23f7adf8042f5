package main

import (
	"context"
	"net"
	"net/netip"
	"os"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/buildpacks"
	"github.com/slipway-ci/slipway/registry/local"
)

// alone sees that no other `up` or `serve` has the data directory, and clears
// away what one that was killed left of keys.
func (p *platform) alone() error {
	if p.shared != nil {
		return slipway.Errorf(slipway.CodeBusy, "`slipway up` runs already in %s, as process %d", p.dir.path, p.shared.PID).
			WithHint("builds use it by themselves; stop it first to start another")
	}
	p.dir.sweepKeys()
	return nil
}

// listenRegistry offers the embedded registry on its address.
func (c *controlPlane) listenRegistry(ctx context.Context) error {
	var creds *local.Credentials
	if password := c.app.getenv("SLIPWAY_REGISTRY_PASSWORD"); password != "" {
		creds = &local.Credentials{User: "slipway", Password: password}
		c.registryPassword = password
	}
	addr, err := c.platform.local.Listen(ctx, c.flags.registryListen, creds)
	if err == nil {
		c.registry = addr.String()
	}
	return err
}

// announce leaves in the data directory how to reach everything, and says it.
func (c *controlPlane) announce(e endpoint) (upView, error) {
	dir := c.platform.dir
	e.PID, e.Registry, e.User, e.Password = os.Getpid(), c.registry, c.platform.creds.User, c.platform.creds.Password
	e.Server, e.Token = c.web.url, c.token
	if err := dir.writeEndpoint(e); err != nil {
		return upView{}, slipway.Errorf(slipway.CodeUnavailable, "the engine's address cannot be written into %s", dir.path).Because(err)
	}
	v := upView{Data: dir.path, Server: e.Server, Registry: e.Registry, BuildKit: e.BuildKit, Queue: c.queue.URL(), PID: e.PID}
	if c.first {
		v.Token = c.token
	}
	return v, nil
}

// joining tells workers on other machines where everything is.
func (c *controlPlane) joining() (rest.Joining, error) {
	if c.queue.URL() == "" {
		return rest.Joining{}, slipway.Errorf(slipway.CodeConflict, "this server takes no workers on other machines").
			WithHint("start it with --queue-listen ADDRESS, and with a --registry that they reach")
	}
	lock, err := buildpacks.OpenLock(c.platform.dir.join("stacks.json")) // others make images beside us
	if err != nil {
		return rest.Joining{}, err
	}
	stacks := map[string]string{}
	for _, name := range lock.Names() {
		image, _ := lock.Image(name)
		stacks[name] = image.Digest
	}
	return rest.Joining{
		Queue: c.queue.URL(), Registry: "http://" + withoutWildcard(c.registry), User: "slipway", Password: c.registryPassword, Stacks: stacks,
	}, nil
}

// withoutWildcard leaves out the host of an address that listens everywhere.
func withoutWildcard(address string) string {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !a.Addr().IsUnspecified() {
		return address
	}
	_, port, _ := net.SplitHostPort(address)
	return ":" + port
}

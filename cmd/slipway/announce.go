package main

import (
	"context"
	"net"
	"net/netip"
	"os"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/buildpacks"
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

// announce leaves in the data directory how to reach everything, and says it.
func (c *controlPlane) announce(e endpoint) (upView, error) {
	dir := c.platform.dir
	e.PID, e.Registry, e.User, e.Password = os.Getpid(), c.registry, c.platform.creds.User, c.platform.creds.Password
	e.RegistryPassword = c.registryPassword
	e.Server, e.Token = c.web.url, c.token
	if err := dir.writeEndpoint(e); err != nil {
		return upView{}, slipway.Errorf(slipway.CodeUnavailable, "the engine's address cannot be written into %s", dir.path).Because(err)
	}
	v := upView{Data: dir.path, Server: e.Server, Registry: e.Registry, BuildKit: e.BuildKit, Queue: c.queueAddress(), PID: e.PID}
	if c.first {
		v.Token = c.token
	}
	v.TokenFile = dir.join("keys", "token")
	return v, nil
}

// joining tells workers on other machines where everything is.
func (c *controlPlane) joining(ctx context.Context) (rest.Joining, error) {
	if c.queueAddress() == "" {
		return rest.Joining{}, slipway.Errorf(slipway.CodeConflict, "this server takes no workers on other machines").
			WithHint("start it with --queue-listen ADDRESS, and with a --registry that they reach")
	}
	stacks, err := c.platform.stackDigests(ctx)
	if err != nil {
		return rest.Joining{}, err
	}
	u, pull := c.queueUser(), c.pull()
	return rest.Joining{
		Queue: c.queueAddress(), QueueUser: u.name, QueuePassword: u.password,
		Registry: c.registryURL, User: pull.User, Password: pull.Password, Stacks: stacks,
	}, nil
}

// stackDigests are those of the stack images there are, by name. Where the
// registry is another control plane's, so are they, and the registry knows.
func (p *platform) stackDigests(ctx context.Context) (map[string]string, error) {
	stacks := map[string]string{}
	if p.local == nil {
		found, err := p.images.Under(ctx, "stacks")
		for name, digest := range found {
			stacks[internalRegistry+"/"+name] = digest
		}
		return stacks, err
	}
	lock, err := buildpacks.OpenLock(p.dir.join("stacks.json")) // others make images beside us
	if err != nil {
		return nil, err
	}
	for _, name := range lock.Names() {
		image, _ := lock.Image(name)
		stacks[name] = image.Digest
	}
	return stacks, nil
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

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
	"github.com/slipway-ci/slipway/builder/engine"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/buildpacks"
	"github.com/slipway-ci/slipway/registry"
	"github.com/slipway-ci/slipway/registry/local"
)

// internalRegistry is the embedded registry's name inside the engine, and so
// in every reference that Slipway prints: the same on every machine.
const internalRegistry = "slipway.internal"

// platform is what a command that builds works with: the data directory, the
// embedded registry, and the engine, started when it is first needed. With a
// running `up` in the same directory, it uses that one's.
type platform struct {
	app      *app
	dir      *dataDir
	settings slipway.Settings
	flags    engineFlags
	shared   *endpoint // of a running `up`; nil: our own
	local    *local.Registry
	handler  http.Handler // of the registry, as this process has it: the embedded one, or the way to a server's
	images   *registry.Registry
	remote   registry.Remote // the embedded registry, as a place to read any image from
	lock     *buildpacks.Lock
	creds    solve.Credentials
	openings *openings // of a worker that has joined; nil for all others

	outages outages // of the engine and the registry

	mu     sync.Mutex
	engine *engine.Engine
	client *solve.Client
}

// open owns the data directory, or finds who shares it.
func (a *app) open(flags engineFlags) (*platform, error) {
	return a.openAs(flags, (*platform).ownOrShare)
}

// openAs opens a platform whose directory and registry own sees to.
func (a *app) openAs(flags engineFlags, own func(*platform) error) (*platform, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	settings, err := a.settings()
	if err != nil {
		return nil, err
	}
	settings.Debian = assemble.DebianMirror(settings, dir.join("cache", "stacks"))
	settings.Private = append(settings.Private, hostsOf(settings.Debian.URL, settings.Debian.Security)...)
	p := &platform{app: a, dir: dir, settings: settings, flags: flags, creds: solve.Credentials{User: "slipway", Password: rand.Text()}}
	if err := own(p); err != nil {
		return nil, err
	}
	if p.lock, err = buildpacks.OpenLock(dir.join("stacks.json")); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *platform) ownOrShare() error {
	err := p.dir.own()
	if err == nil {
		return p.openRegistry()
	}
	if slipway.ErrorCode(err) != slipway.CodeBusy {
		return err
	}
	e, ok, readErr := p.dir.readEndpoint()
	if readErr != nil {
		return readErr
	}
	if !ok {
		return err
	}
	p.shared = &e
	p.creds = solve.Credentials{User: e.User, Password: e.Password}
	p.remote = registry.Remote{Name: e.Registry, Insecure: true, Keychain: e.keychain()}
	p.images, err = registry.New(registry.Config{Host: e.Registry, Insecure: true, Keychain: p.remote.Keychain})
	return err
}

func (p *platform) openRegistry() (err error) {
	p.dir.removeEndpoint() // of an `up` that was killed: its lock was free
	if p.local, err = local.Open(local.Config{Dir: p.dir.join("registry")}); err != nil {
		p.dir.release()
		return err
	}
	return p.useRegistry(p.local.Handler())
}

// useRegistry has images found and put where a handler leads, under the one
// name that the registry has on every machine.
func (p *platform) useRegistry(handler http.Handler) (err error) {
	p.handler = handler
	p.remote = registry.Remote{Name: internalRegistry, Insecure: true, Transport: registry.InProcess(handler)}
	p.images, err = registry.New(registry.Config{Host: internalRegistry, Insecure: true, Transport: p.remote.Transport, Whole: true})
	return err
}

// fetch reads an image of the embedded registry, TEAM/NAME:TAG or
// TEAM/NAME@DIGEST.
func (p *platform) fetch(ctx context.Context, name string) (v1.Image, error) {
	from := p.remote
	from.Name += "/" + name
	return registry.Fetch(ctx, from)
}

// solver gives the connection to the daemon, starting our own when neither a
// remote one nor a running `up` is there.
func (p *platform) solver(ctx context.Context) (*solve.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil {
		return p.client, nil
	}
	address, proxied, err := p.daemon(ctx)
	if err != nil {
		return nil, err
	}
	p.client, err = solve.Dial(ctx, solve.Config{
		Address: address, Proxied: proxied,
		Registry: map[string]solve.Credentials{internalRegistry: p.creds},
	})
	return p.client, err
}

// daemonAddress is the address of the daemon that solver would use.
func (p *platform) daemonAddress(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	address, _, err := p.daemon(ctx)
	return address, err
}

// daemon gives the address of the BuildKit daemon and whether its steps run
// behind the recording proxy.
func (p *platform) daemon(ctx context.Context) (address string, proxied bool, err error) {
	switch {
	case p.flags.buildkit != "":
		return p.flags.buildkit, !p.flags.hostNetwork, nil
	case p.shared != nil:
		return p.shared.BuildKit, p.shared.Proxied, nil
	}
	if p.engine == nil {
		if err := p.start(ctx); err != nil {
			return "", false, err
		}
	}
	return p.engine.Address(), p.engine.ProxyNetwork(), nil
}

// start starts our own engine; the caller holds p.mu.
func (p *platform) start(ctx context.Context) error {
	binary, err := p.app.buildkitd()
	if err != nil {
		return err
	}
	log, err := p.logFile("buildkitd.log")
	if err != nil {
		return err
	}
	p.engine, err = engine.Start(ctx, engine.Config{
		Dir: p.dir.join("buildkit"), Run: p.dir.join("run"), Buildkitd: binary, Self: self(initCommand),
		Registry: local.Credentials{User: p.creds.User, Password: p.creds.Password}.Guard(p.handler), Settings: p.settings,
		HostNetwork: p.flags.hostNetwork, Rootless: os.Geteuid() != 0, Log: log,
	})
	return err
}

func (p *platform) logFile(name string) (*os.File, error) {
	path := p.dir.join("logs", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the log directory %s cannot be made", filepath.Dir(path)).Because(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the log %s cannot be written", path).Because(err)
	}
	return f, nil
}

// Close stops what this process started.
func (p *platform) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	if p.client != nil {
		errs = append(errs, p.client.Close())
	}
	if p.engine != nil {
		errs = append(errs, p.engine.Close())
	}
	if p.local != nil {
		errs = append(errs, p.local.Close())
	}
	p.dir.release()
	return errors.Join(errs...)
}

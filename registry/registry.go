// Package registry handles images after the solve: it finds content images
// by their build key, stamps them, copies them to other registries and files,
// and reads images for checking. It speaks the OCI distribution protocol
// through go-containerregistry.
package registry

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway"
)

// Config says where a registry is and how to speak to it.
type Config struct {
	Host      string            // host or host:port, the first part of every image's name
	Insecure  bool              // plain HTTP
	Transport http.RoundTripper // nil dials Host; InProcess for an embedded registry
	Keychain  authn.Keychain    // nil is anonymous
	UserAgent string            // "" is go-containerregistry's
	Whole     bool              // it takes a blob in one request, and asks nobody who they are: the embedded one over InProcess
	RetryWait time.Duration     // before the first retry, then three times as long each; 0 is one second
}

// Registry is the registry that holds the content images and the stamped
// images of all services. It is safe for concurrent use, and expects to be
// the only writer of image tags there: the protocol has no compare-and-swap,
// so a tag that two Registries write at once may move.
type Registry struct {
	client   client
	contents contents
	mu       sync.Mutex
	repos    map[slipway.ServiceName]*sync.Mutex // serialises the choice of tags
}

// New makes a Registry. It does not contact the host. CodeUsage: Host is not
// a registry's name.
func New(cfg Config) (*Registry, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	return &Registry{client: c, repos: map[slipway.ServiceName]*sync.Mutex{}}, nil
}

// FindContent gives the digest ("sha256:…") of the content image with a
// build key, and whether there is one.
func (r *Registry) FindContent(ctx context.Context, service slipway.ServiceName, key slipway.BuildKey) (string, bool, error) {
	d, err := r.head(ctx, r.repository(service).Tag(ContentTag(key)))
	if err != nil || d == (v1.Hash{}) {
		return "", false, err
	}
	return d.String(), true, nil
}

// ContentTag is the tag of the content image with a build key. That the tag
// exists is the record that the key is known.
func ContentTag(key slipway.BuildKey) string { return "content-" + string(key) }

func (r *Registry) repository(service slipway.ServiceName) name.Repository {
	return r.client.registry.Repo(service.Team, service.Name)
}

// head gives the digest behind a reference, and zero when there is none.
func (r *Registry) head(ctx context.Context, ref name.Reference) (v1.Hash, error) {
	d, err := r.client.puller.Head(ctx, ref)
	if missing(err) {
		return v1.Hash{}, nil
	}
	if err != nil {
		return v1.Hash{}, explain(ref, "be asked for", err)
	}
	return d.Digest, nil
}

// lock serialises what changes the tags of a service; the result unlocks.
func (r *Registry) lock(service slipway.ServiceName) (unlock func()) {
	r.mu.Lock()
	m, ok := r.repos[service]
	if !ok {
		m = &sync.Mutex{}
		r.repos[service] = m
	}
	r.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// client is what all requests to one registry share.
type client struct {
	registry name.Registry
	options  []remote.Option
	puller   *remote.Puller
	whole    http.RoundTripper // takes a blob in one request; nil: the registry may not
}

func newClient(cfg Config) (client, error) {
	var names []name.Option
	if cfg.Insecure {
		names = append(names, name.Insecure)
	}
	reg, err := name.NewRegistry(cfg.Host, names...)
	if err != nil {
		return client{}, slipway.Errorf(slipway.CodeUsage, "%q is not a registry", cfg.Host).
			WithHint("write its host name, and its port where it has one").Because(err)
	}
	options := cfg.options()
	puller, err := remote.NewPuller(options...)
	if err != nil {
		return client{}, slipway.Errorf(slipway.CodeUsage, "the registry %s cannot be used", cfg.Host).Because(err)
	}
	c := client{registry: reg, options: options, puller: puller}
	if cfg.Whole {
		c.whole = cfg.Transport
	}
	return c, nil
}

// tries is how often a request is sent at most.
const tries = 3

func (cfg Config) options() []remote.Option {
	if cfg.Transport == nil {
		cfg.Transport = dialer()
	}
	if cfg.RetryWait == 0 {
		cfg.RetryWait = time.Second
	}
	if cfg.Keychain == nil {
		cfg.Keychain = authn.NewMultiKeychain() // anonymous
	}
	o := []remote.Option{
		remote.WithTransport(cfg.Transport),
		remote.WithAuthFromKeychain(cfg.Keychain),
		remote.WithRetryBackoff(remote.Backoff{Duration: cfg.RetryWait, Factor: 3, Jitter: 0.1, Steps: tries}),
	}
	if cfg.UserAgent != "" {
		o = append(o, remote.WithUserAgent(cfg.UserAgent))
	}
	return o
}

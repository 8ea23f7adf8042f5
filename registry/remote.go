package registry

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway"
)

// Remote is a name in somebody's registry, and how to get in.
type Remote struct {
	Name      string            // as Docker writes it; without a host it means docker.io
	Insecure  bool              // plain HTTP is allowed; on loopback it always is
	Keychain  authn.Keychain    // nil is anonymous; authn.DefaultKeychain reads Docker's configuration
	Transport http.RoundTripper // nil dials
	UserAgent string            // "" is go-containerregistry's
	RetryWait time.Duration     // see Config
}

func (r Remote) names() []name.Option {
	if r.Insecure {
		return []name.Option{name.Insecure}
	}
	return nil
}

func (r Remote) options() []remote.Option {
	return Config{Transport: r.Transport, Keychain: r.Keychain, UserAgent: r.UserAgent, RetryWait: r.RetryWait}.options()
}

// target reads REPO or REPO:TAG; without a tag, TagStr is empty.
func (r Remote) target() (name.Tag, error) {
	bad := slipway.Errorf(slipway.CodeUsage, "%q is not a repository to push to", r.Name).
		WithHint("write REPO or REPO:TAG, for example registry.example.com/shop/cart")
	if strings.Contains(r.Name, "@") {
		return name.Tag{}, bad.WithDetails("a digest cannot be chosen: the image has its own")
	}
	if strings.Contains(r.Name, "://") { // go-containerregistry takes the scheme for a host
		return name.Tag{}, bad.WithDetails("a repository is no URL: leave the scheme away")
	}
	tag, err := name.NewTag(r.Name, append(r.names(), name.WithDefaultTag(""))...)
	if err != nil {
		return name.Tag{}, bad.Because(err)
	}
	return tag, nil
}

// answerTime is how long a registry may take to answer a request that it has
// received whole: one that stores blobs elsewhere is slow to commit a big one.
const answerTime = 3 * time.Minute

// dialer is go-containerregistry's transport, with an end to waiting.
func dialer() http.RoundTripper {
	t, ok := remote.DefaultTransport.(*http.Transport)
	if !ok {
		return remote.DefaultTransport
	}
	t = t.Clone()
	t.ResponseHeaderTimeout = answerTime
	return t
}

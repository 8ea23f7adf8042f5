package forge

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/slipway-ci/slipway"
)

// API asks and tells forges. It is safe for concurrent use.
type API struct {
	now    func() time.Time
	client *http.Client

	mu     sync.Mutex
	tokens map[string]*installation
}

const (
	// answerTime bounds a whole request. GitHub's own limit is 10 seconds.
	answerTime = 15 * time.Second
	// maxAnswer bounds what is read of an answer; a status is 2 KiB.
	maxAnswer = 1 << 20
)

// NewAPI makes one. Without a transport of the caller's it is one that dials
// nothing link-local and goes through the proxy of the environment.
func NewAPI(now func() time.Time, base http.RoundTripper) *API {
	if base == nil {
		dialer := &net.Dialer{Timeout: 5 * time.Second, Control: noLinkLocal}
		base = &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: 5 * time.Second, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 4,
		}
	}
	client := &http.Client{Transport: bounded{base}, Timeout: answerTime, CheckRedirect: sameHost}
	return &API{now: now, client: client, tokens: map[string]*installation{}}
}

// noLinkLocal keeps a connection's address from leading to the metadata
// service of a cloud. A forge in a private network is what many have.
func noLinkLocal(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err == nil && to.Addr().Unmap().IsLinkLocalUnicast() {
		return slipway.Errorf(slipway.CodeForbidden, "%s is a link-local address, where no forge is", to.Addr())
	}
	return err
}

// sameHost follows a redirect only to where the credentials belong and only
// when it stays the same request: forges answer 307 and 308 for a repository
// that was renamed.
func sameHost(r *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 3 || r.URL.Scheme != first.URL.Scheme || r.URL.Host != first.URL.Host || r.Method != first.Method {
		return http.ErrUseLastResponse
	}
	return nil
}

// bounded limits the size of answers.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = limited{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	}
	return answer, err
}

type limited struct {
	io.Reader
	io.Closer
}

// authorized adds a credential to requests to one host and lets no other
// request pass.
type authorized struct {
	http.RoundTripper
	scheme, host string
	header       http.Header
}

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != a.scheme || r.URL.Host != a.host {
		return nil, errors.New("the credential is for " + a.host + " and not for " + r.URL.Host)
	}
	r = r.Clone(r.Context())
	maps.Copy(r.Header, a.header)
	return a.RoundTripper.RoundTrip(r)
}

// Credential gives what a repository of the connection is cloned with: that
// of its keys, where a GitHub App's is a token that is asked for now.
func (a *API) Credential(ctx context.Context, c slipway.Connection, keys slipway.Keys) (slipway.Credential, error) {
	if keys.Clone.App == nil {
		return keys.Clone, nil
	}
	base, err := apiOf(c)
	if err != nil {
		return slipway.Credential{}, err
	}
	token, err := a.Token(ctx, *keys.Clone.App, base)
	return slipway.Credential{User: "x-access-token", Password: token}, err
}

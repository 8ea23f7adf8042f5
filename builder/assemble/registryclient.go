package assemble

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/slipway-ci/slipway"
)

// The most that is read of what a registry says of a package, and of a file.
const (
	maxIndex    = 64 << 20
	maxDownload = 1 << 30
)

// silence is how long a registry may take to begin an answer.
const silence = time.Minute

// registryClient asks the package registries of an organisation, with its CA
// and its proxies.
type registryClient struct {
	http       *http.Client
	registries registries
}

func newRegistryClient(s slipway.Settings, builtIn registries) (*registryClient, error) {
	transport := &http.Transport{
		Proxy:                 proxyFunc(s.Proxy),
		TLSHandshakeTimeout:   silence,
		ResponseHeaderTimeout: silence,
		MaxIdleConnsPerHost:   parallel,
		ForceAttemptHTTP2:     true,
	}
	if len(s.CA) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(s.CA) {
			return nil, slipway.Errorf(slipway.CodeUsage, "the CA bundle of the settings holds no certificate")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &registryClient{http: &http.Client{Transport: transport}, registries: registriesOf(s, builtIn)}, nil
}

// proxyFunc gives the proxy of a request, as curl and the go command choose it.
func proxyFunc(p slipway.Proxy) func(*http.Request) (*url.URL, error) {
	choose := (&httpproxy.Config{HTTPProxy: p.HTTP, HTTPSProxy: p.HTTPS, NoProxy: p.No}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
}

// get asks for a URL and gives the answer when it is one: 200 or 206. What is
// not there is CodeNotFound, anything else CodeUnavailable.
func (c *registryClient) get(ctx context.Context, address string, header http.Header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "%s is no address of a registry", address).Because(err)
	}
	request.Header = header
	if show := c.registries.authorization(request.URL); show != "" {
		request.Header.Set("Authorization", show)
	}
	response, err := c.http.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, unreachable(address, err)
	}
	switch response.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return response, nil
	}
	_ = response.Body.Close()
	err = errors.New(response.Status)
	if response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone {
		return nil, slipway.Errorf(slipway.CodeNotFound, "%s is not there", printable(address)).
			WithHint("see whether there is such a release, and which registry the settings name").Because(err)
	}
	return nil, unreachable(address, err)
}

// read gives the whole of a small answer and its content type.
func (c *registryClient) read(ctx context.Context, address, accept string) ([]byte, string, error) {
	response, err := c.get(ctx, address, http.Header{"Accept": {accept}})
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(response.Body, maxIndex))
	if err != nil {
		return nil, "", unreachable(address, err)
	}
	return data, response.Header.Get("Content-Type"), nil
}

func unreachable(address string, err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "%s cannot be fetched", printable(address)).
		WithClass(slipway.ClassRegistry).WithHint("see whether this machine reaches it; `slipway doctor` shows the proxies and the CA that are used").Because(err)
}

// printable is an address without what it may hold of a password.
func printable(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return strings.SplitN(address, "?", 2)[0]
	}
	return u.Redacted()
}

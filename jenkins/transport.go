package jenkins

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/slipway-ci/slipway"
)

// rootOf checks a controller's address and gives it without a slash at its
// end.
func rootOf(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, slipway.Errorf(slipway.CodeUsage, "%.100q is not the address of a Jenkins controller", withoutUser(address)).
			WithHint("write https://HOST, with the path below which Jenkins is, if it has one, and without user, query or fragment")
	}
	if host, err := netip.ParseAddr(u.Hostname()); err == nil && host.Unmap().IsLinkLocalUnicast() { // a proxy would ask it for us
		return nil, slipway.Errorf(slipway.CodeUsage, "%s is a link-local address, where no Jenkins is", host)
	}
	clean := u.JoinPath("/")
	clean.Path, clean.RawPath = strings.TrimRight(clean.Path, "/"), strings.TrimRight(clean.RawPath, "/")
	return clean, nil
}

// withoutUser keeps what may be a password out of an error.
func withoutUser(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	at := strings.LastIndexByte(rest, '@')
	if !ok || at < 0 {
		return address
	}
	return scheme + "://" + rest[at+1:]
}

// newHTTP makes the HTTP client of one controller. Its cookies are those of
// the session that a crumb belongs to; they cannot leave the controller, since
// no redirect to elsewhere is followed.
func newHTTP(ca string) (*http.Client, error) {
	trust, err := trusted(ca)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: noLinkLocal}
	return &http.Client{
		Jar: jar,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSClientConfig: trust, TLSHandshakeTimeout: 5 * time.Second, IdleConnTimeout: time.Minute,
			MaxIdleConnsPerHost: 4, MaxConnsPerHost: 8, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: sameController,
	}, nil
}

// trusted adds the certificates of a controller's own CA to the system's.
func trusted(ca string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca == "" {
		return config, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(ca)) {
		return nil, slipway.Errorf(slipway.CodeUsage, "there is no certificate in the CA of the Jenkins controller").
			WithHint("give a file in PEM form, with BEGIN CERTIFICATE in it")
	}
	config.RootCAs = pool
	return config, nil
}

// noLinkLocal keeps a controller's address from leading to the metadata
// service of a cloud.
func noLinkLocal(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err == nil && to.Addr().Unmap().IsLinkLocalUnicast() {
		return slipway.Errorf(slipway.CodeForbidden, "%s is a link-local address, where no Jenkins is", to.Addr())
	}
	return err
}

// sameController follows a redirect of a read within the controller. A POST
// was done when Jenkins redirects from it, and is never done twice.
func sameController(r *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 3 || first.Method != http.MethodGet || !sameOrigin(r.URL, first.URL) || toLogin(r.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// toLogin tells that a redirect leads to where people sign in.
func toLogin(u *url.URL) bool {
	return strings.HasSuffix(u.Path, "/login") || strings.HasSuffix(u.Path, "/loginError") || strings.Contains(u.Path, "/securityRealm/")
}

package engine

import (
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// checkProxy refuses an upstream proxy that the gate cannot speak to. The value
// is never printed: it may hold a password.
func checkProxy(p slipway.Proxy) error {
	for name, value := range map[string]string{"HTTP": p.HTTP, "HTTPS": p.HTTPS} {
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value // as golang.org/x/net/http/httpproxy reads it
		}
		u, err := url.Parse(value)
		if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
			return slipway.Errorf(slipway.CodeUsage, "the organisation's %s proxy setting is not the address of an HTTP proxy", name).
				WithHint("write it as http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ in front of the host if it needs one")
		}
	}
	return nil
}

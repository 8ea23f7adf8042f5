package forge

import (
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// apiOf gives the base URL of a connection's API, as its driver wants it:
// without the version that the driver adds, and without a slash at its end.
func apiOf(c slipway.Connection) (string, error) {
	if c.API == "" {
		return usualAPI(c)
	}
	u, err := url.Parse(c.API)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", slipway.Errorf(slipway.CodeUsage, "%.100q is not the address of a forge's API", c.API).
			WithHint("write https://HOST, with the path below which the forge is, if it has one")
	}
	base := strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/")
	for _, version := range []string{"/api/v4", "/api/v1", "/2.0", "/rest/api/1.0", "/rest/api/latest", "/rest"} {
		if short, ok := strings.CutSuffix(base, version); ok && c.Forge != "github" {
			return short, nil
		}
	}
	return base, nil
}

// usualAPI derives the address from where the repository is cloned from.
func usualAPI(c slipway.Connection) (string, error) {
	scheme, host, ok := hostOf(c.URL)
	switch {
	case !ok:
		return "", slipway.Errorf(slipway.CodeUsage, "the address of the API of %s does not follow from %.100q", c.Repository, c.URL).
			WithHint("set the connection's API")
	case c.Forge == "github" && host == "github.com":
		return "https://api.github.com", nil
	case c.Forge == "github":
		return scheme + "://" + host + "/api/v3", nil
	case c.Forge == "bitbucket" && host == "bitbucket.org":
		return "https://api.bitbucket.org", nil
	}
	return scheme + "://" + host, nil
}

// hostOf reads scheme and host of a clone URL. What is cloned over ssh has its
// API at the usual port.
func hostOf(clone string) (scheme, host string, ok bool) {
	if _, host, _, scp := slipway.CutSCP(clone); scp {
		return "https", host, true
	}
	u, err := url.Parse(clone)
	if err != nil || u.Hostname() == "" {
		return "", "", false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Scheme, u.Host, true
	case "ssh", "git+ssh":
		return "https", u.Hostname(), true
	}
	return "", "", false
}

package main

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
)

// upstream is the way to a server's registry, for a worker on another
// machine: whoever speaks to it needs no credentials of the server, and finds
// the images under the names that they have everywhere.
// open gives the credentials for a path.
func upstream(address string, open func(path string) solve.Credentials, log *slog.Logger) (http.Handler, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, slipway.Errorf(slipway.CodeUsage, "%q is not the address of a registry", address).WithHint("write https://HOST:PORT")
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			creds := open(r.In.URL.Path)
			r.SetURL(u)
			r.Out.SetBasicAuth(creds.User, creds.Password)
		},
		// A registry says where an upload goes on with a whole URL of its own.
		ModifyResponse: func(r *http.Response) error {
			if to, err := url.Parse(r.Header.Get("Location")); err == nil && to.Host == u.Host {
				to.Scheme, to.Host = "", ""
				r.Header.Set("Location", to.String())
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			log.LogAttrs(r.Context(), slog.LevelWarn, "the registry does not answer", slog.String("address", u.Host), slog.Any("error", err))
			http.Error(w, `{"errors":[{"code":"UNAVAILABLE","message":"the registry does not answer"}]}`, http.StatusBadGateway)
		},
	}, nil
}

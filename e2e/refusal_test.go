//go:build e2e

package e2e_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry/local"
)

// refusedPush pushes to registries that want to know who it is, that refuse,
// and that die in the middle of a layer. None has a part of the image under a
// name, and the image is still here.
func (d *badDay) refusedPush(t *testing.T) {
	defer d.goesOn(t)
	const repository = "shop/pushed"
	hello := d.samples["stdlib"]
	d.build(t, hello, "--service", "demo/stdlib") // so that what follows is the push alone
	for _, c := range []struct {
		name string
		wrap func(http.Handler) http.Handler
		want failure
	}{
		{"401", refuseUploads(http.StatusUnauthorized), failure{exit: 1, code: slipway.CodeForbidden, class: slipway.ClassRegistry, says: " refuses", hint: "docker login "}},
		{"403", refuseUploads(http.StatusForbidden), failure{exit: 1, code: slipway.CodeForbidden, class: slipway.ClassRegistry, says: " refuses", hint: "docker login "}},
		{"dies in the middle", nil, failure{exit: 75, code: slipway.CodeUnavailable, class: slipway.ClassRegistry, says: " does not answer", hint: "try again"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			images, direct := registryBehind(t)
			server := httptest.NewUnstartedServer(nil)
			if c.wrap == nil {
				c.wrap = dying(server)
			}
			server.Config.Handler = c.wrap(images)
			server.Start()
			t.Cleanup(server.Close)
			host := strings.TrimPrefix(server.URL, "http://")
			c.want.says = host + "/" + repository + ":" // then the tag, which the time is part of
			o := d.run(t, "build", hello, "--service", "demo/stdlib", "--push", host+"/"+repository, "--output", "json")
			c.want.check(t, o)
			noTags(t, direct, repository)
			if r := d.build(t, hello, "--service", "demo/stdlib", "--push", direct+"/"+repository); !r.Known || r.Pushed == "" {
				t.Errorf("pushed to where it may go: %+v", r)
			}
		})
	}
}

// registryBehind gives a registry's handler, and an address that leads to it
// past whatever is put in front.
func registryBehind(t *testing.T) (h http.Handler, address string) {
	t.Helper()
	l, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	addr, err := l.Listen(t.Context(), "127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	return l.Handler(), addr.String()
}

// refuseUploads lets everybody read and nobody write.
func refuseUploads(status int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet || r.Method == http.MethodHead {
				next.ServeHTTP(w, r)
				return
			}
			http.Error(w, `{"errors":[{"code":"DENIED","message":"not here"}]}`, status)
		})
	}
}

// dying ends a server with the first bytes of a layer: the listener and every
// connection, as when its process is killed.
func dying(server *httptest.Server) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPatch {
				next.ServeHTTP(w, r)
				return
			}
			_, _ = r.Body.Read(make([]byte, 1000))
			_ = server.Listener.Close()
			if conn, ok := hijack(w); ok {
				_ = conn.Close()
			}
			server.CloseClientConnections()
		})
	}
}

func hijack(w http.ResponseWriter) (net.Conn, bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	return conn, err == nil
}

package source_test

import (
	"encoding/base64"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func TestSources_Open_sends_credentials_to_their_host_only(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("me:s3cret"))
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == want {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "private")
			r.push("one")
			refused(t, source.New(config), source.Location{URL: r.url}, slipway.CodeForbidden, "does not let this fetch in")

			config.Netrc = []byte("machine other login a password b\nmachine 127.0.0.1\n login me\n password s3cret\n")
			tree := open(t, source.New(config), source.Location{URL: r.url})
			if got := read(t, tree, "f"); got != "private" {
				t.Errorf("f = %q", got)
			}
			config.Netrc = nil
			inURL := strings.Replace(r.url, "http://", "http://me:s3cret@", 1)
			tree = open(t, source.New(config), source.Location{URL: inURL})
			if got := tree.Revision().Source; got != r.url {
				t.Errorf("source = %q, want %q without credentials", got, r.url)
			}
		})
	}
}

func TestSources_Open_follows_no_redirect_to_another_host(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(thief.Close)
	f := newForge(t)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/away"); ok {
			http.Redirect(w, r, thief.URL+rest+"?"+r.URL.RawQuery, http.StatusFound)
			return true
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, "/moved"); ok {
			http.Redirect(w, r, rest+"?"+r.URL.RawQuery, http.StatusMovedPermanently)
			return true
		}
		return false
	}
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			name := strings.ReplaceAll(t.Name(), "/", "-")
			r := f.repo(t, name)
			r.write("f", "f")
			r.push("one")
			config.Netrc = []byte("machine 127.0.0.1 login me password s3cret")
			s := source.New(config)
			refused(t, s, source.Location{URL: f.URL + "/away/" + name + ".git"}, slipway.CodeForbidden, "on to another host")
			if reached.Load() != 0 {
				t.Errorf("the other host was asked %d times", reached.Load())
			}
			if got := read(t, open(t, s, source.Location{URL: f.URL + "/moved/" + name + ".git"}), "f"); got != "f" {
				t.Errorf("after a redirect on the same host f = %q", got)
			}
		})
	}
}

func TestSources_Open_of_hosts_that_do_not_answer(t *testing.T) {
	t.Parallel()
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			config.Limits.Stall = 300 * time.Millisecond
			s := source.New(config)
			began := time.Now()
			for _, scheme := range []string{"http", "https"} {
				refused(t, s, source.Location{URL: scheme + "://" + silent.Addr().String() + "/x.git"}, slipway.CodeUnavailable, "said nothing for 300ms")
			}
			refused(t, s, source.Location{URL: "http://" + closed.Addr().String() + "/x.git"}, slipway.CodeUnavailable, "does not answer")
			refused(t, s, source.Location{URL: "https://no-such-host.invalid/x.git"}, slipway.CodeUnavailable, "not")
			refused(t, s, source.Location{URL: "http://169.254.0.1/x.git"}, slipway.CodeForbidden, "link-local")
			refused(t, s, source.Location{URL: "http://[::ffff:169.254.0.1]/x.git"}, slipway.CodeForbidden, "link-local")

			config.Limits.Stall, config.Limits.Fetch = time.Hour, 500*time.Millisecond
			refused(t, source.New(config), source.Location{URL: "http://" + silent.Addr().String() + "/x.git"}, slipway.CodeUnavailable, "not fetched within")
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("all this took %s", took)
			}
		})
	}
}

func TestSources_Open_of_repositories_that_are_not_there(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := source.New(config)
			refused(t, s, source.Location{URL: f.URL + "/nothing.git"}, slipway.CodeNotFound, "there is no repository at")
			f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			refused(t, s, source.Location{URL: f.URL + "/" + strings.ReplaceAll(t.Name(), "/", "-") + ".git"}, slipway.CodeNotFound, "no commit to build")
		})
	}
}

func TestSources_Open_stops_a_server_that_sends_too_much(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("noise", noise(300_000))
			r.push("one")
			config.Limits.FetchBytes = 100_000
			refused(t, source.New(config), source.Location{URL: r.url}, slipway.CodeLimit, "")
		})
	}
}

// noise is text that does not compress.
func noise(n int) string {
	var b strings.Builder
	for x := uint64(88172645463325252); b.Len() < n; {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b.WriteByte(byte(x))
	}
	return b.String()
}

func TestSources_Open_goes_through_the_organisation_s_proxy(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "f")
			r.push("one")
			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				asked.Add(1)
				if req.URL.Host != "forge.test" {
					http.Error(w, "what?", http.StatusBadRequest)
					return
				}
				to, err := url.Parse(f.URL)
				if err != nil {
					t.Error(err)
					return
				}
				req.URL.Host, req.RequestURI = to.Host, ""
				res, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return
				}
				defer func() { _ = res.Body.Close() }()
				maps.Copy(w.Header(), res.Header)
				w.WriteHeader(res.StatusCode)
				buf := make([]byte, 32<<10)
				for {
					n, err := res.Body.Read(buf)
					_, _ = w.Write(buf[:n])
					if err != nil {
						return
					}
				}
			}))
			t.Cleanup(proxy.Close)
			config.Proxy = slipway.Proxy{HTTP: proxy.URL}
			named := strings.Replace(r.url, strings.TrimPrefix(f.URL, "http://"), "forge.test", 1)
			if got := read(t, open(t, source.New(config), source.Location{URL: named}), "f"); got != "f" || asked.Load() == 0 {
				t.Errorf("f = %q after %d requests to the proxy", got, asked.Load())
			}
		})
	}
}

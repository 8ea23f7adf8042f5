package engine_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/builder/engine"
)

// reachable are the attacks that succeed when nothing stops them: the control
// shows that they do.
func reachable() []string {
	return []string{
		"get http://127.0.0.1:8098/", "get http://[::1]:8098/", "get http://192.0.2.7:8098/",
		"get http://10.77.0.2:8098/", "get http://[fd77::2]:8098/", "get http://[::ffff:192.0.2.7]:8098/",
		"get http://169.254.169.254/", "get http://10.99.0.1/", "get http://corp.test/",
		"get http://lh.attack.test:8098/", "get http://eth.attack.test:8098/", "get http://eth2.attack.test:8098/",
		"get http://meta.attack.test/", "get http://zero.attack.test:8098/", "get http://0.0.0.0:8098/",
	}
}

// forms are more ways to write the same addresses, and to ask.
func forms() []string {
	return []string{
		"get http://localhost:8098/", "get http://LOCALHOST.:8098/", "get http://2130706433:8098/", "get http://0177.0.0.1:8098/",
		"get http://0x7f000001:8098/", "get http://0x7f.0.0.1:8098/", "get http://127.1:8098/", "get http://127.0.0.1.:8098/",
		"get http://0:8098/", "get http://3221225991:8098/", "get http://0xc0000207:8098/",
		"get http://[::ffff:127.0.0.1]:8098/", "get http://[::127.0.0.1]:8098/", "get http://[64:ff9b::7f00:1]:8098/",
		"get http://[64:ff9b::a9fe:a9fe]/", "get http://[::ffff:169.254.169.254]/", "get http://2852039166/",
		"get http://[2002:7f00:1::]:8098/", "get http://[::]:8098/", "get http://[fe80::1%25lo]:8098/",
		"get http://user@127.0.0.1:8098/", "get http://mixed.attack.test:8098/", "get http://other.corp.test/",
		"get http://127.0.0.1:3128/", "get http://slipway.internal:80@127.0.0.1:8098/",
		"raw GET / HTTP/1.1|Host: 127.0.0.1:8098", "raw GET http://198.51.100.10:8098/ HTTP/1.1|Host: 127.0.0.1:8098",
		"raw GET http://outside.test/ HTTP/1.1|Host: 169.254.169.254|X-Forwarded-Host: 127.0.0.1",
		"connect 127.0.0.1:8098", "connect localhost:8098", "connect 192.0.2.7:8098", "connect 10.77.0.2:8098",
		"connect 169.254.169.254:443", "connect meta.attack.test:443", "connect 10.99.0.1:443", "connect corp.test:443",
		"connect [::1]:8098", "connect [::ffff:10.99.0.1]:443", "connect 2130706433:8098", "connect 0x7f.1:8098",
		"connect lh.attack.test:443", "connect 127.0.0.1:3128", "connect slipway.internal:443",
	}
}

// direct are connections that do not go through the proxy.
func direct() []string {
	return []string{
		"direct 127.0.0.1:8098", "direct [::1]:8098", "direct localhost:8098", "direct 192.0.2.7:8098", "direct 10.77.0.2:8098",
		"direct [fd77::2]:8098", "direct 169.254.169.254:80", "direct 10.99.0.1:80", "direct 198.51.100.10:80", "direct [::ffff:192.0.2.7]:8098",
	}
}

// permitted is what a build may reach, and the registry's refusal.
func permitted() map[string]string {
	return map[string]string{
		"get http://198.51.100.10/":       peerMark,
		"get http://outside.test/":        peerMark,
		"get http://[2001:db8:1::10]/":    peerMark,
		"connect outside.test:443":        peerMark,
		"connect 198.51.100.10:443":       peerMark,
		"get http://slipway.internal/v2/": "401",
	}
}

func TestAttacks(t *testing.T) {
	if !insideWorld(t) {
		return
	}
	c := config(t)
	c.Settings.CA = makeWorld(t)
	c.Registry = locked()
	t.Run("control", func(t *testing.T) {
		open := c
		open.HostNetwork, open.Dir, open.Run = true, c.Dir+"-open", t.TempDir()
		e := start(t, open)
		expectReached(t, attempt(t, e, step{attempts: direct(), direct: true}), direct())
		expectReached(t, attemptProxied(t, open, reachable()), reachable())
	})
	e := start(t, c)
	t.Run("sealed", func(t *testing.T) { attackSealed(t, e) })
	t.Run("firewall flushed", func(t *testing.T) {
		if _, err := exec.LookPath("nft"); err != nil {
			need(t, "nft")
		}
		run(t, "nft", "flush", "ruleset")
		attackSealed(t, e)
	})
	t.Run("named private host", func(t *testing.T) {
		named := c
		named.Settings.Private = []string{"corp.test", "lh.attack.test", "169.254.169.254", "meta.attack.test", hostPrivate + ":8098"}
		named.Dir, named.Run = c.Dir+"-named", t.TempDir()
		attackNamed(t, start(t, named))
	})
}

// attackSealed tries everything, with the proxy network and without.
func attackSealed(t *testing.T, e *engine.Engine) {
	t.Helper()
	all := append(append(reachable(), forms()...), direct()...)
	expectClosed(t, attempt(t, e, step{attempts: all}), all)
	expectClosed(t, attempt(t, e, step{attempts: direct(), direct: true}), direct())
	var may []string
	for one := range permitted() {
		may = append(may, one)
	}
	got := attempt(t, e, step{attempts: may})
	for one, want := range permitted() {
		if !strings.Contains(got[one], want) {
			t.Errorf("%s gave %q, not %q", one, got[one], want)
		}
	}
}

func attackNamed(t *testing.T, e *engine.Engine) {
	t.Helper()
	open := []string{"get http://corp.test/", "connect corp.test:443", "get http://10.77.0.2:8098/"}
	expectReached(t, attempt(t, e, step{attempts: open}), open)
	closed := []string{
		"get http://10.99.0.1/", "get http://other.corp.test/", "get http://lh.attack.test:8098/",
		"get http://169.254.169.254/", "get http://meta.attack.test/", "get http://eth2.attack.test:8098/", "get http://10.77.0.2:80/",
	}
	expectClosed(t, attempt(t, e, step{attempts: closed}), closed)
}

// attempt runs one step and gives each attempt's result.
func attempt(t *testing.T, e *engine.Engine, s step) map[string]string {
	t.Helper()
	s.probe = probe(t)
	output, err := runStep(t.Context(), e, s, nil)
	if err != nil {
		t.Fatalf("the step: %v\n%s", err, output)
	}
	return results(t, output)
}

// attemptProxied forces BuildKit's proxy on an engine on the host's network.
func attemptProxied(t *testing.T, c engine.Config, attempts []string) map[string]string {
	t.Helper()
	c.Dir, c.Run = c.Dir+"-proxied", t.TempDir()
	e := start(t, c)
	output, err := runStep(t.Context(), e, step{probe: probe(t), attempts: attempts, forceProxy: true}, nil)
	if err != nil {
		t.Fatalf("the step: %v\n%s", err, output)
	}
	return results(t, output)
}

func reached(result string) bool {
	return strings.Contains(result, hostMark) || strings.Contains(result, peerMark)
}

func expectClosed(t *testing.T, got map[string]string, attempts []string) {
	t.Helper()
	for _, one := range attempts {
		result, tried := got[one]
		switch {
		case !tried:
			t.Errorf("%s was not tried", one)
		case reached(result) && !strings.Contains(one, "outside.test"):
			t.Errorf("%s REACHED its target: %s", one, result)
		default:
			t.Logf("%s => %s", one, result)
		}
	}
}

func expectReached(t *testing.T, got map[string]string, attempts []string) {
	t.Helper()
	for _, one := range attempts {
		if !reached(got[one]) {
			t.Errorf("%s did not reach its target, so its refusal shows nothing: %s", one, got[one])
		}
	}
}

// locked is a registry that wants a password.
func locked() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "let me in" {
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			http.Error(w, "who are you", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(r.Host + r.URL.Path))
	})
}

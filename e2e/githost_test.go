//go:build e2e

package e2e_test

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/slipway-ci/slipway"
)

// TestSilentGitHost builds from a host that takes the connection and never
// answers. It needs no engine: nothing gets that far.
func TestSilentGitHost(t *testing.T) {
	t.Parallel()
	w := &world{program: program(t), data: t.TempDir()}
	host := silence(t, net.IPv4(127, 0, 0, 1))
	w.fails(t, failure{
		exit: 75, code: slipway.CodeUnavailable, class: slipway.ClassPlatform,
		says: "the host " + host + " said nothing for 1m0s", hint: "ask who runs it",
	}, "http://"+host+"/shop/cart.git", "--service", "shop/cart")
	w.fetchedNothing(t)
	nothingLeft(t, w)
}

func (d *badDay) refusingHost(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	_ = listener.Close() // nobody listens there any more
	d.fails(t, failure{
		exit: 75, code: slipway.CodeUnavailable, class: slipway.ClassPlatform,
		says: "the host " + host + " does not answer", hint: "check the address",
	}, "http://"+host+"/shop/cart.git", "--service", "shop/cart")
	d.fetchedNothing(t)
	d.noImage(t, "shop/cart")
}

// fetchedNothing looks for objects in the mirrors.
func (w *world) fetchedNothing(t *testing.T) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(w.data, "mirrors", "*", "*", "objects", "*", "*"))
	if err != nil || len(packs) > 0 {
		t.Errorf("the mirrors hold %q, %v", packs, err)
	}
}

//go:build e2e

package e2e_test

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/slipway-ci/slipway"
)

// silentFetch is a build from a host that takes the connection and never
// answers. It has a data directory of its own and needs no engine: nothing
// gets that far. A fetch waits a minute for a byte, so it begins early.
type silentFetch struct {
	*world
	host    string
	process *process
}

func startSilentFetch(t *testing.T) *silentFetch {
	t.Helper()
	f := &silentFetch{world: &world{program: program(t), data: t.TempDir()}, host: silence(t, net.IPv4(127, 0, 0, 1))}
	f.process = f.start(t, "build", "http://"+f.host+"/shop/cart.git", "--service", "shop/cart", "--output", "json")
	return f
}

func (d *badDay) silentHost(t *testing.T) {
	defer d.goesOn(t)
	f := d.silent
	failure{
		exit: 75, code: slipway.CodeUnavailable, class: slipway.ClassPlatform,
		says: "the host " + f.host + " said nothing for 1m0s", hint: "ask who runs it",
	}.check(t, f.process.wait(t))
	f.fetchedNothing(t)
	nothingLeft(t, f.world)
}

func (d *badDay) refusingHost(t *testing.T) {
	defer d.goesOn(t)
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

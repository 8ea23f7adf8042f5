package main

import (
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
)

// A worker opens a service's repository with what came with the attempt, and
// all else, or everything where nothing came, with what it joined with.
func TestOpenings(t *testing.T) {
	t.Parallel()
	cart, vault := slipway.ServiceName{Team: "shop", Name: "cart"}, slipway.ServiceName{Team: "bank", Name: "vault"}
	o := &openings{}
	o.joined("grant", "stacks")
	o.give(slipway.Assignment{Service: cart, Push: slipway.Credential{User: "grant", Password: "cart"}})
	o.give(slipway.Assignment{Service: vault})
	joined := solve.Credentials{User: "grant", Password: "stacks"}
	for path, want := range map[string]solve.Credentials{
		"/v2/shop/cart/manifests/content-1": {User: "grant", Password: "cart"},
		"/v2/bank/vault/manifests/main":     joined,
		"/v2/shop/carts/manifests/main":     joined,
		"/v2/shop/cart":                     joined,
		"/v2/stacks/go/run/blobs/x":         joined,
		"/v2/":                              joined,
	} {
		if got := o.at(path); got != want {
			t.Errorf("%s is opened with %v, want %v", path, got, want)
		}
	}
}

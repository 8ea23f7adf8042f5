package main

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestControlPlane_shown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ registry, url, want string }{
		{"127.0.0.1:5080", "https://ci.example", "127.0.0.1:5080"},
		{"0.0.0.0:5080", "https://ci.example:8443/", "ci.example:5080"},
		{"[::]:5080", "http://10.0.0.7:8080", "10.0.0.7:5080"},
		{"registry.example", "https://ci.example", "registry.example"},
	} {
		plane := &controlPlane{registry: c.registry, web: &webServer{url: c.url}}
		image := slipway.Image{Repository: internalRegistry + "/shop/cart", Tag: "main"}
		if got := plane.shown(image).Repository; got != c.want+"/shop/cart" {
			t.Errorf("on %s behind %s it is %s, want %s/shop/cart", c.registry, c.url, got, c.want)
		}
		for _, other := range []string{"elsewhere.example/shop/cart", ""} {
			if got := plane.shown(slipway.Image{Repository: other}).Repository; got != other {
				t.Errorf("%q became %q", other, got)
			}
		}
	}
}

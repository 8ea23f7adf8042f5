package slipway_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestOrigin_MayRead(t *testing.T) {
	t.Parallel()
	o := slipway.Origin{URL: "git@git.corp.example:shop/cart.git", Reads: []string{"shop/prices", "platform/*"}}
	for asked, want := range map[string]bool{
		"git@git.corp.example:shop/cart.git":             true, // its own
		"ssh://git@git.corp.example/shop/cart":           true,
		"ssh://git@git.corp.example/shop/prices.git":     true,
		"git@git.corp.example:platform/a.git":            true,
		"git@git.corp.example:/platform/libs/a.git":      true,
		"git@git.corp.example:shop/prices-secret.git":    false,
		"git@git.corp.example:shop/prices/secret.git":    false,
		"git@git.corp.example:platform.git":              false,
		"git@git.corp.example:platforms/a.git":           false,
		"git@git.corp.example:Shop/prices.git":           false,
		"git@git.corp.example:ops/secrets.git":           false,
		"git@other.corp.example:shop/prices.git":         false, // the key is not for it
		"ssh://git@git.corp.example:2222/shop/cart.git":  false,
		"ssh://git@git.corp.example/shop/x/../prices":    false,
		"ssh://git@git.corp.example/platform/%2e%2e/ops": false,
	} {
		r, err := slipway.ParseSSHRepository(asked)
		if got := err == nil && o.MayRead(r); got != want {
			t.Errorf("%s: %t, want %t", asked, got, want)
		}
	}
	r := slipway.SSHRepository{Host: "git.corp.example", Path: "ops/secrets"}
	if o.Reads = []string{"*"}; !o.MayRead(r) {
		t.Error("* does not name all of them")
	}
	if o.URL = "https://git.corp.example/shop/cart.git"; o.MayRead(r) {
		t.Error("a repository by https has a key for ssh")
	}
}

func TestValidReads(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"*", "shop/*", "shop/prices", "a/b/c", "a/b/*", "~me/x", "v1/repos/x"} {
		if !slipway.ValidReads(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "/", "/*", "*/*", "*/x", "shop*", "shop/**", "shop/*/x", "/shop/x", "shop/", "shop/prices.git", "../x", "a/../b", "-x", "a\nb", "a'b"} {
		if slipway.ValidReads(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}

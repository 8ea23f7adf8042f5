package slipway_test

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestParseServiceName(t *testing.T) {
	t.Parallel()
	good := []string{"shop/cart", "a/b", "team-1/x9", strings.Repeat("a", 40) + "/b"}
	for _, s := range good {
		n, err := slipway.ParseServiceName(s)
		if err != nil || n.String() != s {
			t.Errorf("ParseServiceName(%q) = %q, %v", s, n, err)
		}
	}
	bad := []string{"", "cart", "/", "shop/", "/cart", "Shop/cart", "shop/cart/x", "shop/-cart", "shop/cart-", "shop/c_t", "shop/../x", strings.Repeat("a", 41) + "/b", "shop/café"}
	for _, s := range bad {
		if _, err := slipway.ParseServiceName(s); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("ParseServiceName(%q): error %v, want a usage error", s, err)
		}
	}
}

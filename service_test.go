package slipway_test

import (
	"encoding/json"
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

func TestServiceName_IsTextInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(slipway.Build{Service: slipway.ServiceName{Team: "shop", Name: "cart"}})
	if err != nil || !strings.Contains(string(text), `"service":"shop/cart"`) {
		t.Errorf("%s, %v", text, err)
	}
	var b slipway.Build
	if err := json.Unmarshal(text, &b); err != nil || b.Service.String() != "shop/cart" || b.Image.Service != (slipway.ServiceName{}) {
		t.Errorf("%+v, %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"service":"../x"}`), &b); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("a name that leads elsewhere: %v", err)
	}
}

func TestRemovedTeam(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"shop": "shop-removed-7", strings.Repeat("a", 40): strings.Repeat("a", 30) + "-removed-7", strings.Repeat("a", 29) + "-bcd": strings.Repeat("a", 29) + "-removed-7"} {
		if got := slipway.RemovedTeam(name, 7); got != want || !slipway.IsRemovedTeam(got) || slipway.IsRemovedTeam(name) {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

package jenkins

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
)

// crumb is what a controller wants to see in a POST of somebody who comes with
// a password, against forged requests. It is worth something only with the
// cookie of the session that it was given in.
type crumb struct {
	mu           sync.Mutex
	field, value string
}

func (c *crumb) set(h http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.field != "" {
		h.Set(c.field, c.value)
	}
}

// renew asks for a crumb. It tells whether there is one.
func (c *crumb) renew(ctx context.Context, r *requester) bool {
	a, err := r.get(ctx, "/crumbIssuer/api/json", nil, maxRefusal)
	if err != nil {
		return false
	}
	var given struct{ Crumb, CrumbRequestField string }
	if json.Unmarshal(a.body, &given) != nil || given.Crumb == "" || !headerName(given.CrumbRequestField) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.field, c.value = given.CrumbRequestField, given.Crumb
	return true
}

// headerName tells whether a controller may name a header so. One that we set
// ourselves it may not.
func headerName(s string) bool {
	for _, c := range []byte(s) {
		if c != '-' && c != '.' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	switch http.CanonicalHeaderKey(s) {
	case "", "Authorization", "Cookie", "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "User-Agent":
		return false
	}
	return true
}

package local

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"time"
)

// Credentials are a user's of a listener.
type Credentials struct {
	User     string
	Password string
}

// Guard says who may do what at a listener, by basic authentication.
type Guard struct {
	Owner    Credentials // may everything
	Grants   *Grants     // whose passwords open one repository for a while; nil: there are none
	Readable bool        // everybody may read
	Now      func() time.Time
}

// Handler puts the guard in front of a registry. A request that is not allowed
// is answered with 401 and the challenge that registry clients look for, one
// with a grant for something else with 403.
func (g Guard) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		user, password, named := req.BasicAuth()
		given := Credentials{user, password}
		grant, granted := g.granted(given)
		switch {
		case given.is(g.Owner):
		case granted && grant.allows(req):
		case granted:
			refuse(w, http.StatusForbidden, "DENIED", "these credentials open another repository")
			return
		case !named && g.Readable && reads(req):
		default:
			w.Header().Set("Www-Authenticate", `Basic realm="slipway registry"`)
			w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
			return
		}
		next.ServeHTTP(w, req)
	})
}

func (g Guard) granted(c Credentials) (Grant, bool) {
	if g.Grants == nil {
		return Grant{}, false
	}
	grant, ok := g.Grants.read(c)
	return grant, ok && g.Now().Before(grant.Until)
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// is compares in constant time, whatever the lengths. A user name has no colon
// in basic authentication.
func (c Credentials) is(want Credentials) bool {
	a, b := sha256.Sum256([]byte(c.User+":"+c.Password)), sha256.Sum256([]byte(want.User+":"+want.Password))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && want.Password != ""
}

// Guard lets a single user do everything, and nobody else anything.
func (c Credentials) Guard(next http.Handler) http.Handler { return Guard{Owner: c}.Handler(next) }

package local

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// Credentials are the one user of a listener.
type Credentials struct {
	User     string
	Password string
}

// Authenticated is Handler behind basic authentication.
func (r *Registry) Authenticated(user, password string) http.Handler {
	return Credentials{user, password}.Guard(r.Handler())
}

// Guard puts basic authentication in front of a registry. Without the right
// credentials every request, /v2/ included, is answered with 401 and the
// challenge that registry clients look for.
func (c Credentials) Guard(next http.Handler) http.Handler {
	want := fingerprint(c.User, c.Password)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		u, p, _ := req.BasicAuth()
		got := fingerprint(u, p)
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("Www-Authenticate", `Basic realm="slipway registry"`)
			w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
			return
		}
		next.ServeHTTP(w, req)
	})
}

// fingerprint makes the comparison independent of the lengths. A user name
// has no colon in basic authentication.
func fingerprint(user, password string) [sha256.Size]byte {
	return sha256.Sum256([]byte(user + ":" + password))
}

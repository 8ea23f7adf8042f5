package jenkinstest

import (
	"crypto/rand"
	"net/http"
)

const (
	sessionCookie = "JSESSIONID.0a1b2c3d"
	crumbField    = "Jenkins-Crumb"
)

// admit lets a request in, or answers it. A password needs the crumb of its
// session for a POST, a token does not.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) bool {
	if s.options.User == "" {
		return true
	}
	user, secret, given := r.BasicAuth()
	switch {
	case !given:
		page(w, http.StatusForbidden, "Authentication required")
	case user != s.options.User || secret == "" || secret != s.options.Token && secret != s.options.Password:
		w.Header().Set("WWW-Authenticate", `Basic realm="Jenkins"`)
		page(w, http.StatusUnauthorized, "Invalid password/token for user: "+user)
	case r.Method == http.MethodPost && secret != s.options.Token && !s.crumbFits(r):
		page(w, http.StatusForbidden, "No valid crumb was included in the request")
	default:
		return true
	}
	return false
}

func (s *Server) crumbFits(r *http.Request) bool {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	crumb := s.sessions[cookie.Value]
	return crumb != "" && crumb == r.Header.Get(crumbField)
}

func (s *Server) giveCrumb(w http.ResponseWriter, r *http.Request) {
	session := rand.Text()
	if cookie, err := r.Cookie(sessionCookie); err == nil && s.sessions[cookie.Value] != "" {
		session = cookie.Value
	} else {
		s.sessions[session] = rand.Text()
		http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: session, Path: s.options.Prefix + "/", HttpOnly: true}) //nolint:gosec // plain HTTP on the loopback
	}
	writeJSON(w, r, object{"_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumb": s.sessions[session], "crumbRequestField": crumbField})
}

// EndSessions makes every crumb worthless that was given.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = map[string]string{}
}

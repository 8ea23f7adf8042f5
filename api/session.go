package api

import (
	"cmp"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// sessionCookie has a token's text. Scripts cannot read it, other sites' forms
// do not bring it, and no route but the pages' takes it: with it nothing can be
// changed.
const sessionCookie = "slipway_session"

// maxForm is the most bytes of a sign-in.
const maxForm = 4 << 10

// credential is the token's text that a request brings: in its header, or for
// a page in its cookie.
func (r *request) credential() string {
	if text, ok := strings.CutPrefix(r.c.GetHeader("Authorization"), "Bearer "); ok {
		return text
	}
	if !r.route.page {
		return ""
	}
	text, err := r.c.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return text
}

// signIn is what the sign-in page shows.
type signIn struct{ Next, Wrong string }

func (s *server) showLogin(r *request) (any, error) {
	return nil, s.page(r, http.StatusOK, "login", signIn{Next: sitePath(r.c.Query("next"))})
}

// login keeps the token in a cookie and goes where the person wanted to.
func (s *server) login(r *request) (any, error) {
	r.c.Request.Body = http.MaxBytesReader(r.c.Writer, r.c.Request.Body, maxForm)
	next, text := sitePath(r.c.PostForm("next")), strings.TrimSpace(r.c.PostForm("token"))
	_, err := s.Record.TokenOf(r.ctx(), sha256.Sum256([]byte(text)), s.Now())
	if slipway.ErrorCode(err) == slipway.CodeForbidden {
		return nil, s.page(r, http.StatusUnauthorized, "login", signIn{next, "This is no token here, or it has expired or was revoked."})
	}
	if err != nil {
		return nil, err
	}
	r.setSession(text, 0)
	r.c.Redirect(http.StatusSeeOther, next)
	return nil, nil
}

func (s *server) logout(r *request) (any, error) {
	r.setSession("", -1)
	r.c.Redirect(http.StatusSeeOther, "/login")
	return nil, nil
}

// setSession sets the cookie until the browser is closed, or takes it away. A
// link from a forge brings it (Lax), nothing else from elsewhere does.
func (r *request) setSession(text string, age int) {
	secure := r.c.Request.TLS != nil || strings.EqualFold(r.c.GetHeader("X-Forwarded-Proto"), "https")
	http.SetCookie(r.c.Writer, &http.Cookie{ //nolint:gosec // over plain HTTP a secure cookie would never come back
		Name: sessionCookie, Value: text, Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	})
}

// sitePath is a path of this server, "/" for anything else: a sign-in sends nobody
// to another site.
func sitePath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return cmp.Or((&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String(), "/")
}

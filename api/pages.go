package api

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/slipway-ci/slipway"
)

// The pages that links in forges lead to. They need no script: a build's page
// is sent on for as long as its log grows.
//
//go:embed pages
var pageFiles embed.FS

// pagePolicy lets a page have its style sheet and its forms, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func parsePages() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{"short": shortRef, "commit": shortCommit, "at": moment, "took": took}).ParseFS(pageFiles, "pages/*.html")
}

func shortRef(ref string) string {
	return strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/tags/")
}

func shortCommit(id string) string { return id[:min(len(id), 8)] }

// moment is a time for people; "" is never.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func took(b slipway.Build) string {
	if b.Started.IsZero() || b.Ended.IsZero() {
		return ""
	}
	return b.Ended.Sub(b.Started).Round(100 * time.Millisecond).String()
}

// page writes a page all at once.
func (s *server) page(r *request, status int, name string, data any) error {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	r.c.Header("Content-Security-Policy", pagePolicy)
	r.c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// refusePage tells a person of an error; who is not signed in may do so. A
// program that asks for a page is told as everywhere.
func (s *server) refusePage(r *request, err error) {
	if r.c.GetHeader("Authorization") != "" {
		refuse(r.c, err)
		return
	}
	_ = r.c.Error(err)
	p := problemOf(err, r.c.GetString(requestKey))
	if p.Status == http.StatusUnauthorized {
		r.c.Redirect(http.StatusSeeOther, "/login?next="+url.QueryEscape(r.c.Request.URL.RequestURI()))
		return
	}
	if s.page(r, p.Status, "refused", p) != nil {
		refuse(r.c, err)
	}
}

// nothing answers what no route is for: a browser with a page.
func (s *server) nothing(c *gin.Context) {
	err := notFound("there is nothing at %.200s", c.Request.URL.Path)
	if strings.Contains(c.GetHeader("Accept"), "text/html") && !strings.HasPrefix(c.Request.URL.Path, "/api/") {
		s.refusePage(&request{c: c}, err)
		return
	}
	refuse(c, err)
}

func (s *server) style(r *request) (any, error) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err == nil {
		r.c.Header("Cache-Control", "max-age=300")
		r.c.Data(http.StatusOK, "text/css; charset=utf-8", css)
	}
	return nil, err
}

// buildsOnPage is how many builds a page lists.
const buildsOnPage = 50

// listed are the builds of a page, newest first, and where those before them
// begin; 0 when there are none.
type listed struct {
	Builds []slipway.Build
	Older  int64
}

// listed gives the builds that a page asks for with its parameter before.
func (s *server) listed(r *request, of slipway.BuildPage) (l listed, err error) {
	if text := r.c.Query("before"); text != "" {
		if of.Before, err = strconv.ParseInt(text, 10, 64); err != nil || of.Before < 1 {
			return l, slipway.Errorf(slipway.CodeUsage, "%.20q is not the number of a build", text)
		}
	}
	of.Most = buildsOnPage + 1
	if l.Builds, err = s.Record.Builds(r.ctx(), of); err == nil && len(l.Builds) > buildsOnPage {
		l.Builds = l.Builds[:buildsOnPage]
		l.Older = l.Builds[buildsOnPage-1].ID
	}
	return l, err
}

func (s *server) homePage(r *request) (any, error) {
	l, err := s.listed(r, slipway.BuildPage{Team: r.token.Team})
	if err != nil {
		return nil, err
	}
	return nil, s.page(r, http.StatusOK, "home", struct {
		listed
		Who string
	}{l, r.who()})
}

func (s *server) eventPage(r *request) (any, error) {
	l, err := s.listed(r, slipway.BuildPage{Team: r.team, Event: r.event.ID})
	if err != nil {
		return nil, err
	}
	unchanged, err := s.Record.UnchangedBy(r.ctx(), r.event.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.page(r, http.StatusOK, "event", struct {
		listed
		Record    slipway.EventRecord
		Unchanged []slipway.Unchanged
	}{l, r.event, unchanged})
}

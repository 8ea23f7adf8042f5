package api_test

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
)

// browser keeps cookies and does not follow redirects by itself.
func (w *world) browser(tb testing.TB) *http.Client {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	must(tb, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// visited is what a browser was answered.
type visited struct {
	status  int
	to      string // where it is sent
	kind    string
	cookies []*http.Cookie
	text    string
}

func (w *world) visit(tb testing.TB, b *http.Client, path string, form url.Values) visited {
	tb.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(tb.Context(), method, w.server.URL+path, body)
	must(tb, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.Do(req)
	must(tb, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(tb, err)
	return visited{res.StatusCode, res.Header.Get("Location"), res.Header.Get("Content-Type"), res.Cookies(), string(text)}
}

func (w *world) signedIn(tb testing.TB, as string) *http.Client {
	tb.Helper()
	b := w.browser(tb)
	if v := w.visit(tb, b, "/login", url.Values{"token": {w.tokens[as]}, "next": {"/"}}); v.status != http.StatusSeeOther {
		tb.Fatalf("signing in as %s was answered %d", as, v.status)
	}
	return b
}

// A link in a forge leads to the sign-in and from there to what it names.
func TestPages_SignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	b := w.browser(t)
	path := "/events/" + w.ids["event"]
	if v := w.visit(t, b, path, nil); v.status != http.StatusSeeOther || v.to != "/login?next="+url.QueryEscape(path) {
		t.Fatalf("without a token: %d, to %q", v.status, v.to)
	}
	if v := w.visit(t, b, "/login?next="+url.QueryEscape(path), nil); !strings.Contains(v.text, `value="`+path+`"`) {
		t.Errorf("the sign-in forgets where to go:\n%s", v.text)
	}
	if v := w.visit(t, b, "/login", url.Values{"token": {"slw_wrong"}, "next": {path}}); v.status != http.StatusUnauthorized || len(v.cookies) > 0 || !strings.Contains(v.text, "no token here") {
		t.Errorf("a wrong token is answered %d with %d cookies:\n%s", v.status, len(v.cookies), v.text)
	}
	v := w.visit(t, b, "/login", url.Values{"token": {w.tokens["viewer"]}, "next": {path}})
	if v.to != path || len(v.cookies) != 1 || !v.cookies[0].HttpOnly || v.cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("signed in: %d to %q with %v", v.status, v.to, v.cookies)
	}
	if v := w.visit(t, b, path, nil); v.status != http.StatusOK || !strings.Contains(v.text, "Event "+w.ids["event"]) {
		t.Errorf("the event's page is %d:\n%s", v.status, v.text)
	}
	w.visit(t, b, "/logout", url.Values{})
	if v := w.visit(t, b, path, nil); v.status != http.StatusSeeOther {
		t.Errorf("after signing out the page is answered %d", v.status)
	}
}

// A sign-in leads nowhere but to this site.
func TestPages_NextStaysHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	for _, next := range []string{"//elsewhere.example/", "https://elsewhere.example/", `/\elsewhere.example`, "javascript:alert(1)", "", "\t//elsewhere.example", "/%2f/elsewhere"} {
		v := w.visit(t, w.browser(t), "/login", url.Values{"token": {w.tokens["viewer"]}, "next": {next}})
		to, err := url.Parse(v.to)
		if err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(to.Path, "//") && next != "/%2f/elsewhere" {
			t.Errorf("next=%q leads to %q", next, v.to)
		}
	}
}

// The cookie opens pages alone: no form of another site can change anything.
func TestPages_CookieChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	b := w.signedIn(t, "operator")
	for _, path := range []string{"/api/v1/builds/" + w.ids["build"] + "/cancel", "/api/v1/teams"} {
		if v := w.visit(t, b, path, url.Values{}); v.status != http.StatusUnauthorized {
			t.Errorf("%s is answered %d to a cookie", path, v.status)
		}
	}
}

// What is another team's is not there, in words and not in JSON.
func TestPages_OtherTeams(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	b := w.signedIn(t, "bank-viewer")
	for _, path := range []string{"/builds/" + w.ids["build"], "/builds/" + w.ids["build"] + "/log", "/events/" + w.ids["event"], "/builds/99999", "/builds/x"} {
		if v := w.visit(t, b, path, nil); v.status != http.StatusNotFound || !strings.Contains(v.kind, "text/html") || strings.Contains(v.text, "cart") || !strings.Contains(v.text, `href="/login"`) {
			t.Errorf("%s is answered %d, %s:\n%s", path, v.status, v.kind, v.text)
		}
	}
	if v := w.visit(t, b, "/", nil); strings.Contains(v.text, "shop/cart") {
		t.Errorf("the list shows another team's builds:\n%s", v.text)
	}
	if v := w.visit(t, w.signedIn(t, "viewer"), "/", nil); !strings.Contains(v.text, "shop/cart") {
		t.Errorf("the list lacks the team's builds:\n%s", v.text)
	}
}

// A build's page goes on while its log grows, escapes what it says, and ends
// with how the build ended.
func TestPages_Build(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	b := w.signedIn(t, "viewer")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/builds/"+w.ids["build"], nil)
	must(t, err)
	res, err := b.Do(req)
	must(t, err)
	defer res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the page's policy is %q", policy)
	}
	page := bufio.NewReader(res.Body)
	var text strings.Builder
	until := func(what string) {
		t.Helper()
		for !strings.Contains(text.String(), what) {
			line, err := page.ReadString('\n')
			text.WriteString(line)
			if err != nil {
				t.Fatalf("the page ends with %v before it says %q:\n%s", err, what, text.String())
			}
		}
	}
	until("place 3 in the queue, starts in about 1m30s")
	until("two builds are before it")
	a, err := w.record.Claim(t.Context(), w.build, "w1", noon, noon.Add(time.Hour))
	must(t, err)
	must(t, w.record.Append(t.Context(), a, 1, []byte(`{"s":"compile","x":"<script>alert(1)</script>"}`+"\n")))
	w.bell.Ring("build." + w.ids["build"])
	until("compile | &lt;script&gt;")
	must(t, w.record.Append(t.Context(), a, 2, []byte(`{"s":"compile","x":"one more"}`+"\n")))
	w.bell.Ring("build." + w.ids["build"])
	until("one more")
	must(t, w.record.Finish(t.Context(), a, 2, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: "it <b>broke</b>"}, noon.Add(time.Minute)))
	w.bell.Ring("build." + w.ids["build"])
	until("failed</span> (your code)")
	until("it &lt;b&gt;broke")
	until("</html>")
	if strings.Contains(text.String(), "<script>") || strings.Contains(text.String(), "<b>") {
		t.Errorf("what a build says is taken for the page's own:\n%s", text.String())
	}
	if rest, err := io.ReadAll(page); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("after its end the page has %q, %v", rest, err)
	}
}

// What a push makes of a large repository has more than one page.
func TestPages_ManyBuilds(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	ids, err := w.record.Receive(t.Context(), slipway.Delivery{Connection: w.connection(t), ID: "many", At: noon, Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/many", After: commit("e"),
	}}})
	must(t, err)
	x := slipway.Expansion{Commit: commit("e")}
	for i := range 60 {
		x.Services = append(x.Services, slipway.Found{Name: fmt.Sprintf("many-%d", i), Path: fmt.Sprintf("p%d", i), Inputs: "e"})
	}
	_, err = w.record.Expand(t.Context(), ids[0], x, slipway.ExpandPolicy{Default: "refs/heads/main"}, noon)
	must(t, err)
	b := w.signedIn(t, "viewer")
	older := regexp.MustCompile(`href="([^"]+)" rel="next"`)
	for _, path := range []string{"/", fmt.Sprintf("/events/%d", ids[0])} {
		first := w.visit(t, b, path, nil)
		next := older.FindStringSubmatch(first.text)
		if strings.Count(first.text, "shop/many-") != 50 || next == nil {
			t.Fatalf("%s lists %d builds and leads to %q", path, strings.Count(first.text, "shop/many-"), next)
		}
		second := w.visit(t, b, html.UnescapeString(next[1]), nil)
		if n := strings.Count(second.text, "shop/many-"); second.status != http.StatusOK || n != 10 {
			t.Errorf("%s is answered %d with %d builds", next[1], second.status, n)
		}
	}
	ids, err = w.record.Receive(t.Context(), slipway.Delivery{Connection: w.connection(t), ID: "again", At: noon, Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/many", Before: commit("e"), After: commit("f"),
	}}})
	must(t, err)
	x.Commit = commit("f")
	_, err = w.record.Expand(t.Context(), ids[0], x, slipway.ExpandPolicy{Default: "refs/heads/main"}, noon)
	must(t, err)
	if v := w.visit(t, b, fmt.Sprintf("/events/%d", ids[0]), nil); strings.Count(v.text, "<li>shop/many-") != 60 {
		t.Errorf("services that did not change are not listed:\n%s", v.text)
	}
}

// A page that ends before its build says so.
func TestPages_EndsEarly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := make(chan struct{})
	w.serve(t)
	handler, err := api.New(w.config)
	must(t, err)
	stopping := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		go func() { <-stop; cancel() }()
		handler.ServeHTTP(rw, r.WithContext(ctx))
	}))
	t.Cleanup(stopping.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, stopping.URL+"/builds/"+w.ids["build"], nil)
	must(t, err)
	req.AddCookie(&http.Cookie{Name: "slipway_session", Value: w.tokens["viewer"]})
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close()
	begin := make([]byte, 64)
	_, err = io.ReadFull(res.Body, begin)
	must(t, err)
	close(stop)
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if !strings.Contains(string(text), "The page ends here") || !strings.HasSuffix(strings.TrimSpace(string(text)), "</html>") {
		t.Errorf("the page ends with:\n%s", text)
	}
}

// TestPages_Nothing: a browser at an address that is none gets a page.
func TestPages_Nothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	for accept, kind := range map[string]string{"text/html,application/xhtml+xml": "text/html; charset=utf-8", "*/*": "application/problem+json"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/<b>nowhere", nil)
		must(t, err)
		req.Header.Set("Accept", accept)
		res, err := w.browser(t).Do(req)
		must(t, err)
		text, err := io.ReadAll(res.Body)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != http.StatusNotFound || res.Header.Get("Content-Type") != kind || !strings.Contains(string(text), "nowhere") || strings.Contains(string(text), "<b>") {
			t.Errorf("%s: %d %s\n%s", accept, res.StatusCode, res.Header, text)
		}
	}
}

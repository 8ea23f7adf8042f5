package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newSite serves files, by path. A content that begins with "->" is a link.
func newSite(t *testing.T, fallback, notFound string, files map[string]string) *site {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if to, link := strings.CutPrefix(content, "->"); link {
			err = os.Symlink(to, file)
		} else {
			err = os.WriteFile(file, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := openSite(dir, one(fallback), notFound)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s
}

// answer to a request.
type answer struct {
	status int
	http.Header
	body string
}

// ask gives the answer to a request; header is "Name: value" lines.
func ask(t *testing.T, s http.Handler, method, target string, header ...string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return answer{status: w.Code, Header: w.Header(), body: w.Body.String()}
}

func one(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

func shop(t *testing.T, fallback, notFound string) *site {
	t.Helper()
	return newSite(t, fallback, notFound, map[string]string{
		"index.html":               "start",
		"missing.html":             "gone",
		"about/index.html":         "about",
		"guide.html":               "guide",
		"guide/first.html":         "first",
		"empty/readme.txt":         "a file",
		"assets/app-BwK3x9Q_.js":   "js",
		"plain.css":                "css as it is",
		"plain.css.gz":             "css as gzip",
		"plain.css.br":             "css as br",
		".env":                     "secret",
		".git/config":              "secret",
		".well-known/security.txt": "contact",
		"a/.well-known/x":          "secret",
		"a/.hidden/x":              "secret",
		"out":                      "->/etc/passwd",
		"up":                       "->../../../../etc",
		"inside.txt":               "->empty/readme.txt",
		"ümlaut.txt":               "ü",
	})
}

// A site that was built for /docs/ answers there, and where a proxy takes that
// off before it asks.
func TestSite_Base(t *testing.T) {
	t.Parallel()
	s := shop(t, "index.html", "")
	s.base = "/docs"
	for target, want := range map[string]struct {
		status   int
		body, to string
	}{
		"/":                    {200, "start", ""},
		"/docs/":               {200, "start", ""},
		"/docs?x=1":            {301, "", "/docs/?x=1"},
		"/docs/plain.css":      {200, "css as it is", ""},
		"/plain.css":           {200, "css as it is", ""},
		"/docs/about":          {301, "", "/docs/about/"},
		"/docs/about/":         {200, "about", ""},
		"/docs/cart/12":        {200, "start", ""},
		"/docs/../docs/.env":   {404, "404 Not Found\n", ""},
		"/docs/.git/config":    {404, "404 Not Found\n", ""},
		"/docsother/plain.css": {404, "404 Not Found\n", ""},
	} {
		r := ask(t, s, http.MethodGet, target, "Accept: text/html")
		if to := r.Get("Location"); r.status != want.status || r.status == 200 && r.body != want.body || to != want.to {
			t.Errorf("%s: got %d %q %q", target, r.status, r.body, to)
		}
	}
}

// A page in two languages, each below a directory of its own.
func TestSite_Languages(t *testing.T) {
	t.Parallel()
	s := newSite(t, "en/index.html", "", map[string]string{"en/index.html": "hello", "de/index.html": "hallo", "de/main-12ab34cd.js": "js"})
	s.fallback = append(s.fallback, "de/index.html")
	for target, want := range map[string]string{
		"/": "/en/", "/cart": "/en/", "/denmark": "/en/", "/de": "/de/",
		"/en/": "hello", "/de/": "hallo", "/de/cart/12": "hallo", "/en/cart": "hello",
		"/de/main-12ab34cd.js": "js", "/en/main-12ab34cd.js": "404 Not Found\n",
	} {
		r := ask(t, s, http.MethodGet, target, "Accept: text/html")
		got := r.body
		if r.status == http.StatusFound || r.status == http.StatusMovedPermanently {
			got = r.Get("Location")
		}
		if got != want {
			t.Errorf("%s: got %d %q, want %q", target, r.status, got, want)
		}
	}
}

func TestSite_Answers(t *testing.T) {
	t.Parallel()
	const html, text, js = "text/html; charset=utf-8", "text/plain; charset=utf-8", "text/javascript; charset=utf-8"
	const spa = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
	for _, tt := range []struct {
		name, fallback, notFound, method, target, accept string
		status                                           int
		body, contentType                                string
	}{
		{"the start", "", "", "GET", "/", "", 200, "start", html},
		{"its head", "", "", "HEAD", "/", "", 200, "", html},
		{"a page by its file", "", "", "GET", "/index.html", "", 200, "start", html},
		{"a directory", "", "", "GET", "/about/", "", 200, "about", html},
		{"without a slash", "", "", "GET", "/about?x=1", "", 301, "", html},
		{"a page whose link has no ending", "", "", "GET", "/missing", "", 200, "gone", html},
		{"the same where pages have a fallback", "index.html", "", "GET", "/missing", spa, 200, "gone", html},
		{"the same as a directory", "", "", "GET", "/missing/", "", 404, "404 Not Found\n", text},
		{"a page beside a directory of its name", "", "", "GET", "/guide", "", 200, "guide", html},
		{"a page in it", "", "", "GET", "/guide/first", "", 200, "first", html},
		{"one without a page", "", "", "GET", "/empty/", "", 404, "404 Not Found\n", text},
		{"a file", "", "", "GET", "/assets/app-BwK3x9Q_.js", "", 200, "js", js},
		{"a file as a directory", "", "", "GET", "/plain.css/", "", 404, "404 Not Found\n", text},
		{"below a file", "", "", "GET", "/plain.css/x", "", 404, "404 Not Found\n", text},
		{"a name with dots", "", "", "GET", "/about/../empty//readme.txt", "", 200, "a file", text},
		{"above the root", "", "", "GET", "/../../../../etc/passwd", "", 404, "404 Not Found\n", text},
		{"a link that stays", "", "", "GET", "/inside.txt", "", 200, "a file", text},
		{"a link that leaves", "", "", "GET", "/out", "", 404, "404 Not Found\n", text},
		{"through a link that leaves", "", "", "GET", "/up/passwd", "", 404, "404 Not Found\n", text},
		{"a dot file", "", "", "GET", "/.env", "", 404, "404 Not Found\n", text},
		{"below a dot directory", "", "", "GET", "/.git/config", "", 404, "404 Not Found\n", text},
		{"one deeper", "", "", "GET", "/a/.hidden/x", "", 404, "404 Not Found\n", text},
		{"well-known", "", "", "GET", "/.well-known/security.txt", "", 200, "contact", text},
		{"well-known elsewhere", "", "", "GET", "/a/.well-known/x", "", 404, "404 Not Found\n", text},
		{"a zero byte", "", "", "GET", "/index.html\x00.txt", "", 404, "404 Not Found\n", text},
		{"a long name", "", "", "GET", "/" + strings.Repeat("x", 5000), "", 404, "404 Not Found\n", text},
		{"another alphabet", "", "", "GET", "/ümlaut.txt", "", 200, "ü", text},
		{"a page of a single page application", "index.html", "", "GET", "/cart/12", spa, 200, "start", html},
		{"its data", "index.html", "", "GET", "/api/cart", "Accept: */*", 404, "404 Not Found\n", text},
		{"its missing script", "index.html", "", "GET", "/assets/old-12345678.js", spa, 404, "404 Not Found\n", text},
		{"its dot file", "index.html", "", "GET", "/.env", spa, 404, "404 Not Found\n", text},
		{"its directory without a page", "index.html", "", "GET", "/empty/", spa, 200, "start", html},
		{"refused html", "index.html", "", "GET", "/cart", "Accept: text/html;q=0, */*", 404, "404 Not Found\n", text},
		{"a page of its own", "", "missing.html", "GET", "/nothing", "", 404, "gone", html},
		{"the head of one", "", "missing.html", "HEAD", "/nothing", "", 404, "", html},
		{"a page of its own, in part", "", "missing.html", "GET", "/nothing", "Range: bytes=0-1", 404, "gone", html},
		{"a page of its own that the build did not write", "", "404.html", "GET", "/nothing", "", 404, "404 Not Found\n", text},
		{"a form", "", "", "POST", "/", "", 405, "405 Method Not Allowed\n", text},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if tt.accept != "" {
				header = append(header, tt.accept)
			}
			r := ask(t, shop(t, tt.fallback, tt.notFound), tt.method, tt.target, header...)
			if tt.status == 301 {
				r.body = ""
				if got := r.Get("Location"); got != "/about/?x=1" {
					t.Errorf("sent to %q", got)
				}
			}
			if r.status != tt.status || r.body != tt.body || r.Get("Content-Type") != tt.contentType {
				t.Errorf("got %d %q %q, want %d %q %q", r.status, r.body, r.Get("Content-Type"), tt.status, tt.body, tt.contentType)
			}
			if got := r.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options is %q", got)
			}
			if got := r.Get("Last-Modified"); got != "" {
				t.Errorf("tells the time %s, which all files of an image share", got)
			}
		})
	}
}

func TestSite_RedirectsStayHere(t *testing.T) {
	t.Parallel()
	s := newSite(t, "", "", map[string]string{"evil.example/index.html": "x"})
	for _, target := range []string{"//evil.example", "/\\evil.example", "///evil.example", "/./evil.example"} {
		r := ask(t, s, "GET", target)
		if to := r.Get("Location"); to != "" && to != "/evil.example/" {
			t.Errorf("%s is sent to %q", target, to)
		}
	}
}

func TestSite_SendsWhatTheClientTakes(t *testing.T) {
	t.Parallel()
	s := shop(t, "", "")
	for accept, want := range map[string][2]string{
		"gzip, deflate, br": {"br", "css as br"},
		"gzip":              {"gzip", "css as gzip"},
		"br;q=0, gzip":      {"gzip", "css as gzip"},
		"*":                 {"br", "css as br"},
		"*;q=0":             {"", "css as it is"},
		"identity":          {"", "css as it is"},
		"":                  {"", "css as it is"},
		"BR;q=0.1":          {"br", "css as br"},
		"br;q=x":            {"", "css as it is"},
	} {
		r := ask(t, s, "GET", "/plain.css", "Accept-Encoding: "+accept)
		if diff := cmp.Diff(want, [2]string{r.Get("Content-Encoding"), r.body}); diff != "" {
			t.Errorf("%q: %s", accept, diff)
		}
		if r.Get("Vary") != "Accept-Encoding" || r.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("%q: %v", accept, r)
		}
	}
	if r := ask(t, s, "GET", "/inside.txt", "Accept-Encoding: br"); r.Get("Vary") != "" {
		t.Error("a file without neighbours varies")
	}
}

func TestSite_TagsByContent(t *testing.T) {
	t.Parallel()
	s := newSite(t, "", "", map[string]string{"a.txt": "one", "b.txt": "two", "c.txt": "one"})
	tag := func(target string) string {
		r := ask(t, s, "GET", target)
		return r.Get("Etag")
	}
	if tag("/a.txt") == "" || tag("/a.txt") == tag("/b.txt") || tag("/a.txt") != tag("/c.txt") {
		t.Errorf("tags %s %s %s", tag("/a.txt"), tag("/b.txt"), tag("/c.txt"))
	}
	if r := ask(t, s, "GET", "/a.txt", "If-None-Match: "+tag("/a.txt")); r.status != http.StatusNotModified || r.body != "" {
		t.Errorf("unchanged: %d %q", r.status, r.body)
	}
	if r := ask(t, s, "GET", "/a.txt", "If-None-Match: "+tag("/b.txt")); r.status != http.StatusOK || r.body != "one" {
		t.Errorf("changed: %d %q", r.status, r.body)
	}
	if r := ask(t, s, "GET", "/a.txt", "Range: bytes=1-1", "If-Range: "+tag("/a.txt")); r.status != http.StatusPartialContent || r.body != "n" {
		t.Errorf("a part: %d %q", r.status, r.body)
	}
}

func TestSite_TellsANewVersionOfOneSizeAndTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := openSite(dir, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close() //nolint:errcheck // only read
	seen := map[string]bool{}
	for _, content := range []string{"one", "two"} {
		file := filepath.Join(dir, "new")
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file, filepath.Join(dir, "x.txt")); err != nil {
			t.Fatal(err)
		}
		r := ask(t, s, "GET", "/x.txt")
		if r.body != content || seen[r.Get("Etag")] {
			t.Errorf("%q has the tag %s of another", r.body, r.Get("Etag"))
		}
		seen[r.Get("Etag")] = true
	}
}

func TestOpenSite_RefusesAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, try := range map[string][3]string{
		"no directory": {filepath.Join(dir, "none"), "", ""}, "no fallback": {dir, "index.html", ""},
		"a directory as the page for what is not there": {dir, "", "."}, "a directory as a page": {dir, ".", ""}, "outside": {dir, "", "../../etc/passwd"},
	} {
		if s, err := openSite(try[0], one(try[1]), try[2]); err == nil {
			t.Errorf("%s: opened %v", name, s)
		}
	}
}

// FuzzSite asks for any path: what is sent is a file of the root that is no
// dot file, under the root's own name for it.
func FuzzSite(f *testing.F) {
	for _, seed := range []string{"/", "/index.html", "/../secret", "/.env", "//x", "/a/./b", "/%2e%2e/secret", "/..\\secret", "/a\x00", "/link/passwd", "/.well-known/../.env"} {
		f.Add(seed, true)
	}
	dir := f.TempDir()
	for name, content := range map[string]string{
		"secret": "SECRET", "site/index.html": "public", "site/a/b.txt": "public", "site/.env": "SECRET",
		"site/.well-known/x": "public", "site/a/.git/config": "SECRET", "site/.well-known/.x": "SECRET",
	} {
		if err := os.MkdirAll(path.Join(dir, path.Dir(name)), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(path.Join(dir, name), []byte(content), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	for _, link := range []string{"link", "a/link"} {
		if err := os.Symlink(dir, path.Join(dir, "site", link)); err != nil {
			f.Fatal(err)
		}
	}
	s, err := openSite(path.Join(dir, "site"), nil, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string, html bool) {
		var header []string
		if html {
			header = []string{"Accept: text/html"}
		}
		r := ask(t, s, "GET", target, header...)
		if strings.Contains(r.body, "SECRET") {
			t.Fatalf("%q gave a secret", target)
		}
		switch r.status {
		case http.StatusOK, http.StatusNotFound:
		case http.StatusMovedPermanently:
			to := r.Get("Location")
			if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
				t.Fatalf("%q is sent to %q", target, to)
			}
		default:
			t.Fatalf("%q: status %d", target, r.status)
		}
	})
}

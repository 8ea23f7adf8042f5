package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"
)

// site answers requests from the files of one directory, which it never
// leaves. Safe for concurrent use.
type site struct {
	root     *os.Root
	fallback []string // files of root
	notFound string   // a file of root; "" none
	base     string   // a path without a slash at its end, below which the site answers too; "" none
	types    types
	tags     tags
}

// openSite opens a directory. What was named and is no file of it is an error
// at the start rather than at the first request, but for a page for what is
// not there: who plans a site cannot know whether its build writes one.
func openSite(dir string, fallback []string, notFound string) (*site, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &site{root: root, fallback: fallback, notFound: notFound, types: newTypes()}
	if _, err := root.Stat(notFound); errors.Is(err, fs.ErrNotExist) {
		s.notFound = ""
	}
	for _, name := range append([]string{s.notFound}, s.fallback...) {
		if name != "" && !s.has(name) {
			return nil, errors.Join(fmt.Errorf("%s is not a file of %s", name, dir), root.Close())
		}
	}
	return s, nil
}

func (s *site) close() error { return s.root.Close() }

// has tells whether there is a regular file of a name.
func (s *site) has(name string) bool {
	info, err := s.root.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// ServeHTTP implements http.Handler.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.plain(w, http.StatusMethodNotAllowed)
		return
	}
	if s.base != "" && r.URL.Path == s.base {
		s.redirect(w, r, "", http.StatusMovedPermanently)
		return
	}
	name, directory, ok := locate(s.below(r.URL.Path))
	if !ok {
		s.missing(w, r)
		return
	}
	info, err := s.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.page(w, r, name, directory)
	case err != nil: // a link that leaves the root, a name too long, no permission
		s.missing(w, r)
	case info.IsDir():
		s.directory(w, r, name, directory)
	case info.Mode().IsRegular() && !directory:
		s.send(w, r, name, http.StatusOK)
	default:
		s.elsewhere(w, r, name)
	}
}

// below gives a request's path without the site's base. A proxy in front may
// have taken that off already.
func (s *site) below(requested string) string {
	if rest, ok := strings.CutPrefix(requested, s.base+"/"); ok {
		return "/" + rest
	}
	return requested
}

// directory answers with a directory's page; asked says that the path ended
// with a slash, as it must for the page's relative links.
func (s *site) directory(w http.ResponseWriter, r *http.Request, name string, asked bool) {
	page := path.Join(name, "index.html")
	switch {
	case !s.has(page):
		s.page(w, r, name, asked)
	case !asked:
		s.redirect(w, r, name, http.StatusMovedPermanently)
	default:
		s.send(w, r, page, http.StatusOK)
	}
}

// locate gives the file of a request's path, relative to the root, and
// whether the path asks for a directory; false for what is never served:
// names that no file has, and dot files other than .well-known.
func locate(requested string) (name string, directory, ok bool) {
	if strings.ContainsRune(requested, 0) {
		return "", false, false
	}
	clean := path.Clean("/" + requested)
	name = strings.TrimPrefix(clean, "/")
	if name == "" {
		return ".", true, true
	}
	for i, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") && (i > 0 || part != ".well-known") {
			return "", false, false
		}
	}
	return name, strings.HasSuffix(requested, "/"), true
}

// page answers for a page whose file has the ending that its links leave out:
// Next.js, SvelteKit and VitePress write about.html and link to /about. Asked
// for as a directory it is another page, for whose links it is not written.
func (s *site) page(w http.ResponseWriter, r *http.Request, name string, directory bool) {
	if page := name + ".html"; !directory && s.has(page) {
		s.send(w, r, page, http.StatusOK)
		return
	}
	s.elsewhere(w, r, name)
}

// elsewhere answers for a page that is not there: a single page application
// shows it itself. Of several, one for each language say, the one that the
// path lies below does, and what lies below none is sent to the first.
func (s *site) elsewhere(w http.ResponseWriter, r *http.Request, name string) {
	if len(s.fallback) == 0 || path.Ext(name) != "" && name != "." || !acceptsHTML(r.Header) {
		s.missing(w, r)
		return
	}
	w.Header().Add("Vary", "Accept")
	for _, file := range s.fallback {
		if dir := path.Dir(file); dir == "." || name == dir || strings.HasPrefix(name, dir+"/") {
			s.send(w, r, file, http.StatusOK)
			return
		}
	}
	s.redirect(w, r, path.Dir(s.fallback[0]), http.StatusFound)
}

func (s *site) missing(w http.ResponseWriter, r *http.Request) {
	if s.notFound != "" {
		s.send(w, r, s.notFound, http.StatusNotFound)
		return
	}
	s.plain(w, http.StatusNotFound)
}

// plain answers with a status and its name.
func (s *site) plain(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	fmt.Fprintf(w, "%d %s\n", status, http.StatusText(status))
}

// redirect sends a client to a directory's own name ("" is the site's), so
// that the relative links of its page work.
func (s *site) redirect(w http.ResponseWriter, r *http.Request, name string, status int) {
	to := url.URL{Path: s.base + path.Join("/", name) + "/", RawQuery: r.URL.RawQuery}
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, to.String(), status)
}

// send answers with a file, or with a neighbour that is the same compressed.
func (s *site) send(w http.ResponseWriter, r *http.Request, name string, status int) {
	served, encoding := s.variant(w, r, name)
	file, err := s.root.Open(served)
	if err != nil {
		s.plain(w, http.StatusNotFound)
		return
	}
	defer file.Close() //nolint:errcheck // only read
	tag, err := s.tags.of(served, file)
	if err != nil {
		s.plain(w, http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", s.types.of(name))
	header.Set("Cache-Control", cacheControl(name, status))
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	if status != http.StatusOK {
		w = &fixedStatus{ResponseWriter: w, status: status}
		r = r.Clone(r.Context())
		r.Header = http.Header{} // a page for what is not there has no ranges and is never unchanged
	} else {
		header.Set("Etag", tag)
	}
	// All files of an image have one time, so none is told.
	http.ServeContent(w, r, "", time.Time{}, file)
}

// fixedStatus answers with one status instead of 200.
type fixedStatus struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (f *fixedStatus) WriteHeader(int) { f.ResponseWriter.WriteHeader(f.status) }

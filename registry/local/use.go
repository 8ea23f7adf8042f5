package local

import (
	"context"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"github.com/opencontainers/go-digest"
)

// useAge is how old the record of a last use may be: it is refreshed at most
// once a day, so that finding a known key writes nothing.
const useAge = 24 * time.Hour

// manifestPath is the request for a manifest by tag or digest (OCI
// distribution specification 1.1).
var manifestPath = regexp.MustCompile(`^/v2/(.+)/manifests/(` + contentPrefix() + `[0-9a-f]+)$`)

// aboutContent gives the repository and tag of a request for a content image.
func aboutContent(r *http.Request) (repository, tag string, ok bool) {
	m := manifestPath.FindStringSubmatch(r.URL.Path)
	if m == nil || path.Clean(r.URL.Path) != r.URL.Path {
		return "", "", false
	}
	return m[1], m[2], true
}

// answered notes what a client has just been told of: the digest stays for a
// while, and a content tag was used. The library names the digest in answers
// that succeeded only.
func (r *Registry) answered(req *http.Request, h http.Header) {
	repository, tag, ok := aboutContent(req)
	d, err := digest.Parse(h.Get("Docker-Content-Digest"))
	if !ok || err != nil {
		return
	}
	r.leases.take(d)
	if used, err := r.used(req.Context(), repository, tag); err == nil && time.Since(used) > useAge {
		now := time.Now()
		_ = os.Chtimes(filepath.Join(r.dir, filepath.FromSlash(linkPath(repository, tag))), now, now) // the next one tries again
	}
}

// used is when a build last made or found the content image of a tag: the
// time of the tag's link, which a push writes anew.
func (r *Registry) used(ctx context.Context, repository, tag string) (time.Time, error) {
	info, err := r.files.Stat(ctx, linkPath(repository, tag))
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// linkPath is where the library keeps what a tag leads to.
func linkPath(repository, tag string) string {
	return path.Join("/docker/registry/v2/repositories", repository, "_manifests/tags", tag, "current/link")
}

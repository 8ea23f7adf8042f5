package local

import (
	"io"
	"net/http"
	"regexp"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// maxWhole is the largest blob that is taken in one request: it is in memory
// meanwhile. Configurations are smaller.
const maxWhole = 1 << 20

// uploadPath is where uploads begin (OCI distribution specification 1.1).
var uploadPath = regexp.MustCompile(`^/v2/(.+)/blobs/uploads/?$`)

// whole takes a small blob that comes with the request that begins its upload
// (the specification's "single POST"), which the library does not do. An upload
// of its own keeps the library's state of it on disk, for a client that is
// interrupted and goes on: 14 fsyncs in place of 4.
func (r *Registry) whole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		repository, want, ok := wholeBlob(req)
		if !ok {
			next.ServeHTTP(w, req)
			return
		}
		data, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxWhole))
		if err != nil || digest.FromBytes(data) != want {
			refuse(w, http.StatusBadRequest, "DIGEST_INVALID", "the blob that came is not "+want.String())
			return
		}
		images, err := r.images.Repository(req.Context(), repository)
		if err == nil {
			_, err = images.Blobs(req.Context()).Put(req.Context(), "application/octet-stream", data)
		}
		if err != nil {
			refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
			return
		}
		w.Header().Set("Location", "/v2/"+repository.Name()+"/blobs/"+want.String())
		w.Header().Set("Docker-Content-Digest", want.String())
		w.WriteHeader(http.StatusCreated)
	})
}

// wholeBlob gives where a request's blob is to go, and its digest; ok is false
// for a request that has none, or that the library answers.
func wholeBlob(req *http.Request) (repository reference.Named, want digest.Digest, ok bool) {
	m := uploadPath.FindStringSubmatch(req.URL.Path)
	if m == nil || req.Method != http.MethodPost || req.ContentLength <= 0 || req.ContentLength > maxWhole {
		return nil, "", false
	}
	repository, err := reference.WithName(m[1])
	if err != nil {
		return nil, "", false
	}
	want, err = digest.Parse(req.URL.Query().Get("digest"))
	return repository, want, err == nil && want.Algorithm() == digest.Canonical
}

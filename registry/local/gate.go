package local

import (
	"context"
	"net/http"
	"path"

	"github.com/opencontainers/go-digest"
	"golang.org/x/sync/semaphore"
)

// writers is the most requests that write at the same time.
const writers = 1 << 16

// gate lets writing requests run beside each other, and GC only when none
// runs. A waiting GC goes before writers that come later.
type gate struct{ sem *semaphore.Weighted }

func newGate() gate { return gate{semaphore.NewWeighted(writers)} }

func (g gate) write(ctx context.Context) error { return g.sem.Acquire(ctx, 1) }
func (g gate) written()                        { g.sem.Release(1) }
func (g gate) shut(ctx context.Context) error  { return g.sem.Acquire(ctx, writers) }
func (g gate) reopen()                         { g.sem.Release(writers) }

// gated holds writes back while GC runs, and notes the digests that clients
// name: what they were told is here must not be swept before they use it.
// Asking whether a digest or a content image is here counts as a write, as the
// first half of one.
func (r *Registry) gated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if writes(req) {
			if err := r.gate.write(req.Context()); err != nil {
				http.Error(w, "the registry is collecting garbage", http.StatusServiceUnavailable)
				return
			}
			defer r.gate.written()
		}
		r.leases.note(req)
		next.ServeHTTP(w, req)
		r.answered(req, w.Header())
	})
}

func writes(r *http.Request) bool {
	if _, _, ok := aboutContent(r); ok {
		return true
	}
	switch r.Method {
	case http.MethodGet:
		return false
	case http.MethodHead:
		_, err := digest.Parse(path.Base(r.URL.Path))
		return err == nil
	default:
		return true
	}
}

package local

import (
	"net/http"
	"path"
	"sync"
	"time"

	"github.com/opencontainers/go-digest"
)

// minLeases is how many there are before expired ones are looked for.
const minLeases = 1 << 14

// leases remembers when a client last named a digest. They end with the
// process, as do the connections of the pushes that they protect.
type leases struct {
	grace time.Duration
	mu    sync.Mutex
	limit int // expired ones are looked for when there are so many
	until map[digest.Digest]time.Time
}

// note leases the digest that a request is about: the last part of a path
// (blobs/DIGEST, manifests/DIGEST) or the query of an upload or a mount.
func (l *leases) note(r *http.Request) {
	q := r.URL.Query()
	for _, s := range []string{path.Base(r.URL.Path), q.Get("digest"), q.Get("mount")} {
		if d, err := digest.Parse(s); err == nil {
			l.take(d)
		}
	}
}

func (l *leases) take(d digest.Digest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil || len(l.until) >= l.limit {
		l.expire()
	}
	l.until[d] = time.Now().Add(l.grace)
}

func (l *leases) held(d digest.Digest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Before(l.until[d])
}

// expire forgets what has ended. The caller holds the lock.
func (l *leases) expire() {
	now, kept := time.Now(), map[digest.Digest]time.Time{}
	for d, t := range l.until {
		if now.Before(t) {
			kept[d] = t
		}
	}
	l.until, l.limit = kept, max(minLeases, 2*len(kept))
}

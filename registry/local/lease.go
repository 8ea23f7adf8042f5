package local

import (
	"maps"
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

// held gives the digests that are leased now. GC decides by one such list:
// what is named while it runs comes too late.
func (l *leases) held() held {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire()
	return maps.Clone(l.until)
}

// held is a list of leased digests.
type held map[digest.Digest]time.Time

func (h held) has(d digest.Digest) bool {
	_, ok := h[d]
	return ok
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

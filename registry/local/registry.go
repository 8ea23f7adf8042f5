// Package local is the embedded registry: the distribution library on a
// directory, with deletion, garbage collection beside running pushes, and
// authentication where it listens wider than loopback. It lists referrers by
// the fallback tag of the OCI distribution specification 1.1, since
// distribution v3 does not answer on the referrers API.
package local

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/distribution/distribution/v3"
	"github.com/distribution/distribution/v3/registry/handlers"
	"github.com/distribution/distribution/v3/registry/storage/driver"

	"github.com/slipway-ci/slipway"
)

// DefaultGrace is how long a blob or manifest without a tag is kept after a
// client last named it: longer than any push takes between its first blob
// and its tag.
const DefaultGrace = time.Hour

// Config says where the registry keeps its files and how it behaves.
type Config struct {
	Dir   string        // made when it is missing; one Registry at a time may have it open
	Log   *slog.Logger  // nil discards; see Open
	Grace time.Duration // 0 is DefaultGrace
}

// Registry is an open registry. Its methods are safe for concurrent use.
type Registry struct {
	dir    string
	log    *slog.Logger
	app    *handlers.App
	files  driver.StorageDriver
	images distribution.Namespace // a second view of files, for GC
	gate   gate
	leases leases
	served sync.WaitGroup
	ctx    context.Context // ends the listeners at Close
	cancel context.CancelFunc
}

// Open opens the registry in cfg.Dir. It does not lock the directory: that is
// the data directory's business. The distribution library logs through the
// process-wide logrus logger, which Open points at cfg.Log (level debug): with
// several registries in a process the last one opened gets the lines.
func Open(cfg Config) (*Registry, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the registry's directory %s cannot be used", cfg.Dir).
			WithClass(slipway.ClassPlatform).Because(err)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Grace == 0 {
		cfg.Grace = DefaultGrace
	}
	redirectLogrus(cfg.Log)
	ctx, cancel := context.WithCancel(context.Background())
	r := &Registry{dir: cfg.Dir, log: cfg.Log, ctx: ctx, cancel: cancel, gate: newGate(), leases: leases{grace: cfg.Grace}}
	if err := r.open(); err != nil {
		cancel()
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the registry in %s does not open", cfg.Dir).
			WithClass(slipway.ClassPlatform).Because(err)
	}
	return r, nil
}

// Handler answers the OCI distribution API without asking who calls: for the
// process itself and for loopback.
func (r *Registry) Handler() http.Handler {
	return r.gated(r.roomy(r.whole(r.app)))
}

// Close ends the listeners and waits for the requests they are serving, at
// most ten seconds. Handlers obtained before must not be called after it.
func (r *Registry) Close() error {
	r.cancel()
	r.served.Wait()
	return errors.Join(r.app.Shutdown())
}

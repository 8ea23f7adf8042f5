package local

import (
	"context"
	"errors"
	"time"

	"github.com/distribution/distribution/v3/registry/storage"

	"github.com/slipway-ci/slipway"
)

// uploadAge is when an upload session that nobody finished is removed.
const uploadAge = 24 * time.Hour

// drainTime is how long GC waits for uploads that are running. New writes
// wait behind it for that long, so it is below what clients wait for.
const drainTime = 20 * time.Second

// Report says what a GC did.
type Report struct {
	Blobs     int           // removed, manifests and configurations included
	Manifests int           // removed from their repositories
	Uploads   int           // sessions removed
	Bytes     int64         // freed
	Waited    time.Duration // for uploads that were running
	Took      time.Duration // writes waited for so long
}

// GC removes what no tag leads to: manifests, then blobs; and upload sessions
// older than a day. Writes wait while it runs, and so does the question
// whether a digest is here; reads go on. What a client named within
// Config.Grace is kept with all that it refers to, so that no push that is
// under way loses a blob. CodeBusy: an upload did not end in time; nothing
// was done.
func (r *Registry) GC(ctx context.Context) (Report, error) {
	began := time.Now()
	wait, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if err := r.gate.shut(wait); err != nil {
		return Report{}, slipway.Errorf(slipway.CodeBusy, "the registry cannot collect garbage while an upload is running").
			WithHint("try again later").Because(err)
	}
	defer r.gate.reopen()
	drained := time.Now()
	rep, err := r.collect(ctx)
	rep.Waited, rep.Took = drained.Sub(began), time.Since(drained)
	if err != nil {
		return rep, slipway.Errorf(slipway.CodeUnavailable, "the registry in %s cannot collect its garbage", r.dir).
			WithClass(slipway.ClassPlatform).Because(err)
	}
	return rep, nil
}

func (r *Registry) collect(ctx context.Context) (Report, error) {
	old, errs := storage.PurgeUploads(ctx, r.files, time.Now().Add(-uploadAge), true)
	rep := Report{Uploads: len(old)}
	if err := errors.Join(errs...); err != nil {
		return rep, err
	}
	kept := r.leases.held()
	s := &sweep{StorageDriver: r.files, kept: kept, report: &rep}
	err := storage.MarkAndSweep(ctx, s, rooted{r.images, kept},
		storage.GCOpts{RemoveUntagged: true, Quiet: true})
	return rep, err
}

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
	Expired   []Expired     `json:"expired"`   // content tags, in order
	Blobs     int           `json:"blobs"`     // removed, manifests and configurations included
	Manifests int           `json:"manifests"` // removed from their repositories
	Uploads   int           `json:"uploads"`   // sessions removed
	Bytes     int64         `json:"bytes"`     // freed
	Waited    time.Duration `json:"-"`         // for uploads that were running
	Took      time.Duration `json:"-"`         // writes waited for so long
}

// GC removes the content tags that the policy lets go, then what no tag leads
// to: manifests, then blobs; and upload sessions older than a day. Writes wait while it runs, and so does the question
// whether a digest is here; reads go on. What a client named within
// Config.Grace is kept with all that it refers to, so that no push that is
// under way loses a blob. CodeBusy: an upload did not end in time; nothing
// was done.
func (r *Registry) GC(ctx context.Context, policy Policy) (Report, error) {
	began := time.Now()
	wait, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if err := r.gate.shut(wait); err != nil {
		return Report{}, slipway.Errorf(slipway.CodeBusy, "the registry cannot collect garbage while an upload is running").
			WithHint("try again later").Because(err)
	}
	defer r.gate.reopen()
	drained := time.Now()
	rep, err := r.collect(ctx, policy)
	rep.Waited, rep.Took = drained.Sub(began), time.Since(drained)
	if err != nil {
		return rep, slipway.Errorf(slipway.CodeUnavailable, "the registry in %s cannot collect its garbage", r.dir).
			WithClass(slipway.ClassPlatform).Because(err)
	}
	return rep, nil
}

func (r *Registry) collect(ctx context.Context, policy Policy) (Report, error) {
	old, errs := storage.PurgeUploads(ctx, r.files, time.Now().Add(-uploadAge), !policy.DryRun)
	rep := Report{Uploads: len(old)}
	if err := errors.Join(errs...); err != nil {
		return rep, err
	}
	e := expiry{Registry: r, policy: policy, kept: r.leases.held(), now: time.Now()}
	gone, err := e.expired(ctx)
	if err != nil {
		return rep, err
	}
	rep.Expired = gone
	if !policy.DryRun {
		if err := e.untag(ctx, gone); err != nil {
			return rep, err
		}
	}
	s := &sweep{StorageDriver: r.files, kept: e.kept, dry: policy.DryRun, report: &rep}
	err = storage.MarkAndSweep(ctx, s, rooted{r.images, e.kept, gone}, storage.GCOpts{RemoveUntagged: true, Quiet: true})
	return rep, err
}

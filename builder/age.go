package builder

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/slipway-ci/slipway"
)

// maxAge is how old dependencies may be that are not locked: the same plan
// may fetch others tomorrow, among them mended ones.
const maxAge = 7 * 24 * time.Hour

func (b *Builder) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}

// fetched is the begin of the service's present period of maxAge, the time
// that its unlocked dependencies count as fetched at; zero for a plan that
// locks them. It is one time for all of the period, so that a source that
// changes finds the dependencies that are there, and the same content is the
// same image; and another one for each service, so that not all of them fetch
// at once. A stamp replaces it.
func (b *Builder) fetched(service slipway.ServiceName, plan slipway.Plan) time.Time {
	if !plan.Unlocked {
		return time.Time{}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(service.String())) // never fails
	offset := time.Duration(h.Sum64() % uint64(maxAge)).Truncate(time.Second)
	return b.now().UTC().Add(-offset).Truncate(maxAge).Add(offset)
}

// fresh tells whether a content image may be used again, and says in the log
// why when not.
func (b *Builder) fresh(ctx context.Context, r Request, plan slipway.Plan, content string) (bool, error) {
	made, err := b.Images.Created(ctx, r.Service, content)
	if err != nil {
		return false, err
	}
	if !made.Before(b.fetched(r.Service, plan)) {
		return true, nil
	}
	r.Log.Line(slipway.LogLine{Time: b.now(), Text: fmt.Sprintf(
		"built again: the dependencies are not locked, those of the image that there is were fetched in the %d days from %s",
		maxAge/(24*time.Hour), made.UTC().Format(time.DateOnly))})
	return false, nil
}

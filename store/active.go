package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/slipway-ci/slipway"
)

// Active is a build that waits or runs, as dispatch sees it.
type Active struct {
	slipway.Build

	Offered   time.Time // to a worker, while it waits; zero never, or not since it waits again
	OfferedTo string
	Limit     int // of its service's builds at once; 0 is one per ref
}

// Active gives the builds that wait and those that run, oldest first: what
// dispatch decides about.
func (s *Store) Active(ctx context.Context) (builds []Active, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var a Active
		var offered int64
		b, err := scanBuild(rows, &offered, &a.OfferedTo, &a.Limit)
		a.Build, a.Offered = b, timeOf(offered)
		builds = append(builds, a)
		return err
	}, `SELECT `+buildColumns+`, b.offered, b.offered_to, s.most`+buildTables+`WHERE b.state IN ('queued', 'running') ORDER BY b.id`)
	return builds, err
}

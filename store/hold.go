package store

import (
	"context"

	"github.com/slipway-ci/slipway"
)

// HoldKey tells whether an attempt is the one that builds what has this key;
// the first that asks is, until its build does not run under that attempt any
// more. Whoever is told false looks for the image again. A stale attempt is
// CodeConflict.
func (s *Store) HoldKey(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (held bool, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		var service int64
		if err := t.row(ctx, `SELECT service FROM builds WHERE `+current+t.dialect.forUpdate(), a.Build, a.Number).Scan(&service); err != nil {
			return t.staleOr(err, a)
		}
		n, err := t.exec(ctx, `INSERT INTO holds (service, key, build, attempt) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, service, string(key), a.Build, a.Number)
		if held = n == 1; held || err != nil {
			return err
		}
		held, err = t.takeOver(ctx, a, service, key)
		return err
	})
	return held, err
}

// takeOver gives a key that has a holder to another attempt when that holder
// is at it no more. The hold is locked before its holder is looked at: what
// claimed and took it meanwhile is seen.
func (t tx) takeOver(ctx context.Context, a slipway.Attempt, service int64, key slipway.BuildKey) (bool, error) {
	var holder slipway.Attempt
	if err := t.row(ctx, `SELECT build, attempt FROM holds WHERE service = ? AND key = ?`+t.dialect.forUpdate(), service, string(key)).Scan(&holder.Build, &holder.Number); err != nil {
		return false, err
	}
	if holder.Build == a.Build && holder.Number == a.Number {
		return true, nil
	}
	var running int
	if err := t.row(ctx, `SELECT COUNT(*) FROM builds WHERE `+current, holder.Build, holder.Number).Scan(&running); err != nil || running > 0 {
		return false, err
	}
	_, err := t.exec(ctx, `UPDATE holds SET build = ?, attempt = ? WHERE service = ? AND key = ?`, a.Build, a.Number, service, string(key))
	return err == nil, err
}

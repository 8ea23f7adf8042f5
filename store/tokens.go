package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/slipway-ci/slipway"
)

// usedEvery is how exactly the last use of a token is known: a write at each
// request would cost more than the request.
const usedEvery = 5 * time.Minute

const tokenColumns = `SELECT k.id, k.name, COALESCE(t.name, ''), k.role, k.created, k.expires, k.used FROM tokens k LEFT JOIN teams t ON t.id = k.team`

// AddToken records a token by the SHA-256 of its text. A team that is not
// there is CodeNotFound.
func (s *Store) AddToken(ctx context.Context, k slipway.Token, hash [32]byte) (id int64, err error) {
	if !k.Role.Covers(k.Role) {
		return 0, slipway.Errorf(slipway.CodeUsage, "%q is not a role", k.Role)
	}
	if k.Team != "" && (k.Role == slipway.RoleOperator || k.Role == slipway.RoleWorker) {
		return 0, slipway.Errorf(slipway.CodeUsage, "a token with the role %s has no team", k.Role)
	}
	err = s.writer.tx(ctx, func(t tx) error {
		team := sql.NullInt64{Valid: k.Team != ""}
		if team.Valid {
			if team.Int64, err = t.team(ctx, k.Team); err != nil {
				return err
			}
		}
		return t.row(ctx, `INSERT INTO tokens (name, team, role, hash, created, expires) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
			k.Name, team, string(k.Role), hash[:], micros(k.Created), micros(k.Expires)).Scan(&id)
	})
	return id, err
}

// TokenOf gives the token of a text's SHA-256. One that nobody made, that was
// revoked or has expired is CodeForbidden: which of them is not told.
func (s *Store) TokenOf(ctx context.Context, hash [32]byte, now time.Time) (slipway.Token, error) {
	k, err := scanToken(s.reader().row(ctx, tokenColumns+` WHERE k.hash = ?`, hash[:]))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !k.Expires.IsZero() && !now.Before(k.Expires) {
		return slipway.Token{}, slipway.Errorf(slipway.CodeForbidden, "the token is not valid").WithHint("it may have expired or been revoked: ask for another one")
	}
	if err == nil && now.Sub(k.Used) >= usedEvery {
		// That it was used is good to know, and no reason to turn anybody away
		// when the record can only be read.
		_ = s.writer.tx(ctx, func(t tx) error {
			_, err := t.exec(ctx, `UPDATE tokens SET used = ? WHERE id = ?`, micros(now), k.ID)
			return err
		})
	}
	return k, err
}

// Tokens lists those of a team, with "" all of them, oldest first.
func (s *Store) Tokens(ctx context.Context, team string) (all []slipway.Token, err error) {
	query, args := filtered(tokenColumns, when(team != "", `t.name = ?`, team))
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		k, err := scanToken(rows)
		all = append(all, k)
		return err
	}, query+` ORDER BY k.id`, args...)
	return all, err
}

// RevokeToken forgets a token; CodeNotFound when there is none of that id.
func (s *Store) RevokeToken(ctx context.Context, id int64) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `DELETE FROM tokens WHERE id = ?`, id)
		if err == nil && n == 0 {
			return slipway.Errorf(slipway.CodeNotFound, "there is no token %d", id)
		}
		return err
	})
}

func scanToken(row scanner) (k slipway.Token, err error) {
	var created, expires, used int64
	err = row.Scan(&k.ID, &k.Name, &k.Team, &k.Role, &created, &expires, &used)
	k.Created, k.Expires, k.Used = timeOf(created), timeOf(expires), timeOf(used)
	return k, err
}

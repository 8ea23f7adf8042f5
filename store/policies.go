package store

import (
	"context"
	"database/sql"

	"github.com/slipway-ci/slipway"
)

// SetPolicy changes what a team has decided about the rules that are named; ""
// is nothing any more.
func (s *Store) SetPolicy(ctx context.Context, team string, change slipway.Policy) error {
	return s.writer.tx(ctx, func(t tx) error {
		id, err := t.team(ctx, team)
		if err != nil {
			return err
		}
		for rule, breach := range change {
			if err := t.decide(ctx, id, rule, breach); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t tx) decide(ctx context.Context, team int64, rule string, breach slipway.Breach) (err error) {
	switch breach {
	case "":
		_, err = t.exec(ctx, `DELETE FROM policies WHERE team = ? AND rule = ?`, team, rule)
	case slipway.BreachWarn, slipway.BreachFail:
		_, err = t.exec(ctx, `INSERT INTO policies (team, rule, breach) VALUES (?, ?, ?) ON CONFLICT (team, rule) DO UPDATE SET breach = excluded.breach`, team, rule, string(breach))
	default:
		return slipway.Errorf(slipway.CodeUsage, "%.40q is not what can become of a build that breaks the rule %.40s", breach, rule).WithHint("write warn or fail")
	}
	return err
}

// Policy gives what a team has decided; nil is nothing.
func (s *Store) Policy(ctx context.Context, team string) (p slipway.Policy, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var rule, breach string
		err := rows.Scan(&rule, &breach)
		if p == nil {
			p = slipway.Policy{}
		}
		p[rule] = slipway.Breach(breach)
		return err
	}, `SELECT p.rule, p.breach FROM policies p JOIN teams t ON t.id = p.team WHERE t.name = ?`, team)
	return p, err
}

// MadeBy gives the build that made the content of a key: the last of the
// service that succeeded and did not find it. It is 0 when the record knows
// none.
func (s *Store) MadeBy(ctx context.Context, of slipway.ServiceName, key slipway.BuildKey) (build int64, err error) {
	err = s.reader().row(ctx, `SELECT COALESCE(MAX(b.id), 0) FROM builds b JOIN services s ON s.id = b.service JOIN teams t ON t.id = s.team
		WHERE t.name = ? AND s.name = ? AND b.content = ? AND b.content <> '' AND b.known = 0 AND b.state = 'succeeded'`, of.Team, of.Name, string(key)).Scan(&build)
	return build, err
}

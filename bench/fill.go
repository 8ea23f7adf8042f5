package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-ci/slipway/store"
)

// fillRecord makes a data directory whose record has so many builds of 400
// services of 40 teams; the last ones wait.
func fillRecord(ctx context.Context, dir string, builds, waiting int) (err error) {
	keys := filepath.Join(dir, "keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(keys, "seal"), sealKey(), 0o600); err != nil {
		return err
	}
	path := filepath.Join(dir, "record.db")
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{Key: sealKey()})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := openFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fillTables(ctx, db, builds, waiting)
}

func fillTables(ctx context.Context, db *sql.DB, builds, waiting int) error {
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `
	for _, statement := range []string{
		fmt.Sprintf(numbers, 40) + `INSERT INTO teams (name) SELECT 'team' || i FROM n`,
		`INSERT INTO connections (team, forge, repository, url, api, forks, branch, required, sealed, created)
			SELECT id, 'gitea', name || '/all', 'http://127.0.0.1:9/' || name, '', 'refuse', 'refs/heads/main', '[]', x'', 1 FROM teams`,
		fmt.Sprintf(numbers, 10) + `INSERT INTO services (team, name, connection) SELECT c.team, 's' || i, c.id FROM connections c, n ORDER BY c.id, i`,
		fmt.Sprintf(numbers, builds) + `INSERT INTO events (connection, received, state, event) SELECT 1 + i % 40, i, 'expanded', '{}' FROM n`,
		fmt.Sprintf(numbers, builds) + fmt.Sprintf(`INSERT INTO builds (team, service, event, state, ref, object, pull, path, needs, inputs, trust, priority, forced, supersede, created, started, ended, attempt, worker, image)
			SELECT 1 + (i %% 400) / 10, 1 + i %% 400, i, CASE WHEN i > %[1]d THEN 'queued' WHEN i %% 10 = 2 THEN 'failed' ELSE 'succeeded' END,
				'refs/heads/b' || (i %% 7), printf('%%040x', i), 0, '', '["s1"]', printf('%%064x', i), 'member', 0, 0, 0, 1000000 * i, 1000000 * i,
				CASE WHEN i > %[1]d THEN 0 ELSE 1000000 * i + 5000000 END, CASE WHEN i > %[1]d THEN 0 ELSE 1 END, 'w1',
				CASE WHEN i > %[1]d THEN '' ELSE '{"tag":"main-20261124120000-aaaaaaaa","digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}' END FROM n`, builds-waiting),
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

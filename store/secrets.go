package store

import (
	"context"
	"database/sql"
	"regexp"
	"time"

	"github.com/slipway-ci/slipway"
)

// Limits of a secret: of its name in characters, of its value in bytes.
const (
	maxSecretName = 128
	maxSecret     = 64 << 10
)

// SetSecret gives a secret its value: of a service, or with "" of every
// service of the team.
func (s *Store) SetSecret(ctx context.Context, team, service, name, value string, at time.Time) error {
	if ok := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name); !ok || len(name) > maxSecretName {
		return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a secret", name).
			WithHint("use letters, digits and underscores: steps get it as a variable of the environment")
	}
	if value == "" || len(value) > maxSecret {
		return slipway.Errorf(slipway.CodeUsage, "the secret %s has %d bytes, want 1 to %d", name, len(value), maxSecret)
	}
	sealed := s.seal.close([]byte(value), secretRow(team, service, name))
	return s.writer.tx(ctx, func(t tx) error {
		id, err := t.team(ctx, team)
		if err != nil {
			return err
		}
		if err := t.hasService(ctx, id, team, service); err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO secrets (team, service, name, sealed, changed) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (team, service, name) DO UPDATE SET sealed = excluded.sealed, changed = excluded.changed`, id, service, name, sealed, micros(at))
		return err
	})
}

// secretRow is sealed with a secret. No part of it may have a slash.
func secretRow(team, service, name string) string {
	return "the secret " + team + "/" + service + "/" + name
}

func (t tx) hasService(ctx context.Context, id int64, team, service string) error {
	if service == "" {
		return nil
	}
	var one int
	err := t.row(ctx, `SELECT 1 FROM services WHERE team = ? AND name = ? AND removed = 0`, id, service).Scan(&one)
	return noService(err, slipway.ServiceName{Team: team, Name: service})
}

// RemoveSecret forgets a secret; CodeNotFound when there is none of that name.
func (s *Store) RemoveSecret(ctx context.Context, team, service, name string) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `DELETE FROM secrets WHERE team = (SELECT id FROM teams WHERE name = ?) AND service = ? AND name = ?`, team, service, name)
		if err == nil && n == 0 {
			return slipway.Errorf(slipway.CodeNotFound, "there is no secret %s", name)
		}
		return err
	})
}

// SecretNames lists the secrets of a team and of its services, without values.
func (s *Store) SecretNames(ctx context.Context, team string) (names []slipway.SecretName, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var n slipway.SecretName
		var changed int64
		err := rows.Scan(&n.Service, &n.Name, &changed)
		n.Changed = timeOf(changed)
		names = append(names, n)
		return err
	}, `SELECT x.service, x.name, x.changed FROM secrets x JOIN teams t ON t.id = x.team WHERE t.name = ? ORDER BY x.service, x.name`, team)
	return names, err
}

// Secrets opens what a service's steps may have: the team's secrets, and over
// them its own.
func (s *Store) Secrets(ctx context.Context, of slipway.ServiceName) (map[string]string, error) {
	values := map[string]string{}
	err := s.reader().each(ctx, func(rows *sql.Rows) error {
		var service, name string
		var sealed []byte
		if err := rows.Scan(&service, &name, &sealed); err != nil {
			return err
		}
		value, err := s.seal.open(sealed, secretRow(of.Team, service, name))
		values[name] = string(value)
		return err
	}, `SELECT x.service, x.name, x.sealed FROM secrets x JOIN teams t ON t.id = x.team WHERE t.name = ? AND (x.service = '' OR x.service = ?) ORDER BY x.service`,
		of.Team, of.Name)
	return values, err
}

package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/slipway-ci/slipway"
)

// postJobs has the jobs of services b provisioned or removed, where a
// controller c shows their builds.
func (t tx) postJobs(ctx context.Context, what string, of filter) error {
	query, args := filtered(`INSERT INTO outbox (topic, key, body, due) SELECT '`+TopicJenkins+`', 'service:' || b.id, '`+what+`:' || t.name || '/' || b.name, 0
		FROM services b JOIN teams t ON t.id = b.team JOIN controllers c ON`+controls,
		when(true, `c.reports <> ?`, string(slipway.ReportsNone)), when(what == "provision", `b.removed = ?`, 0), of)
	_, err := t.exec(ctx, query+` ORDER BY b.id`, args...)
	return err
}

// postDownstream has Jenkins do what comes after a success: of the default
// branch or of a tag, by members, and never of a pull request.
func (t tx) postDownstream(ctx context.Context, build, service int64, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, key, body, due, posted) SELECT ?, ?, 'build:' || b.id, ?, ?
		FROM builds b JOIN downstream d ON d.service = b.service JOIN services s ON s.id = b.service JOIN connections n ON n.id = s.connection
		WHERE b.id = ? AND b.pull = 0 AND b.trust = ? AND (b.ref = n.branch OR b.ref LIKE 'refs/tags/%')`,
		TopicDownstream, serviceKey(service), micros(at), micros(at), build, string(slipway.TrustMember))
	return err
}

// SetDownstream names the Jenkins job, by its full name, that does what comes
// after a service's builds; "" is none.
func (s *Store) SetDownstream(ctx context.Context, name slipway.ServiceName, job string) error {
	return s.writer.tx(ctx, func(t tx) error {
		var id int64
		err := t.row(ctx, `SELECT s.id FROM services s JOIN teams t ON t.id = s.team WHERE t.name = ? AND s.name = ? AND s.removed = 0`, name.Team, name.Name).Scan(&id)
		if err != nil {
			return noService(err, name)
		}
		if job == "" {
			_, err = t.exec(ctx, `DELETE FROM downstream WHERE service = ?`, id)
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO downstream (service, job) VALUES (?, ?) ON CONFLICT (service) DO UPDATE SET job = excluded.job`, id, job)
		return err
	})
}

// Downstream gives the job that does what comes after a service's builds, ""
// for none.
func (s *Store) Downstream(ctx context.Context, name slipway.ServiceName) (job string, err error) {
	err = s.reader().row(ctx, `SELECT COALESCE(d.job, '') FROM services s JOIN teams t ON t.id = s.team LEFT JOIN downstream d ON d.service = s.id
		WHERE t.name = ? AND s.name = ? AND s.removed = 0`, name.Team, name.Name).Scan(&job)
	return job, noService(err, name)
}

const runColumns = `SELECT r.build, r.kind, r.controller, r.job, r.state, r.item, r.number, r.url, r.result, r.note, r.changed, r.stop FROM jenkins_runs r`

// JenkinsRun gives what a build is in Jenkins; CodeNotFound while nothing is
// known of it there.
func (s *Store) JenkinsRun(ctx context.Context, build int64, kind slipway.JenkinsRunKind) (slipway.JenkinsRun, error) {
	r, err := scanRun(s.reader().row(ctx, runColumns+` WHERE r.build = ? AND r.kind = ?`, build, string(kind)))
	return r, missing(err, "of build %d nothing is known in Jenkins", build)
}

// JenkinsRuns lists all that a build is in Jenkins.
func (s *Store) JenkinsRuns(ctx context.Context, build int64) ([]slipway.JenkinsRun, error) {
	return s.runs(ctx, runColumns+` WHERE r.build = ? ORDER BY r.kind DESC`, build) // shows, then downstream
}

// RunsToFollow gives up to most runs of a controller that are in its queue or
// run, of the builds after one, oldest first.
func (s *Store) RunsToFollow(ctx context.Context, controller, after int64, most int) ([]slipway.JenkinsRun, error) {
	return s.runs(ctx, runColumns+` WHERE r.controller = ? AND r.state IN ('queued', 'runs') AND r.build > ? ORDER BY r.build LIMIT ?`, controller, after, most)
}

func (s *Store) runs(ctx context.Context, query string, args ...any) (all []slipway.JenkinsRun, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		r, err := scanRun(rows)
		all = append(all, r)
		return err
	}, query, args...)
	return all, err
}

// StopJenkinsRun remembers that somebody wants what comes after a build
// stopped; CodeConflict when nothing does, or not any more.
func (s *Store) StopJenkinsRun(ctx context.Context, build int64, kind slipway.JenkinsRunKind) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `UPDATE jenkins_runs SET stop = 1 WHERE build = ? AND kind = ? AND state NOT IN ('ended', 'lost')`, build, string(kind))
		if err == nil && n == 0 {
			return slipway.Errorf(slipway.CodeConflict, "nothing of build %d runs in Jenkins", build)
		}
		return err
	})
}

// SaveJenkinsRun remembers how far a run is, but not Stop. One that has ended
// stays so, and of a build that was forgotten there is nothing to remember: CodeNotFound.
func (s *Store) SaveJenkinsRun(ctx context.Context, r slipway.JenkinsRun) error {
	return s.writer.tx(ctx, func(t tx) error {
		var one int
		if err := t.row(ctx, `SELECT 1 FROM builds WHERE id = ?`, r.Build).Scan(&one); err != nil {
			return noBuild(err, r.Build)
		}
		_, err := t.exec(ctx, `INSERT INTO jenkins_runs (build, kind, controller, job, state, item, number, url, result, note, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (build, kind) DO UPDATE SET controller = excluded.controller, job = excluded.job, state = excluded.state, item = excluded.item,
				number = excluded.number, url = excluded.url, result = excluded.result, note = excluded.note, changed = excluded.changed
			WHERE jenkins_runs.state NOT IN ('ended', 'lost')`,
			r.Build, string(r.Kind), r.Controller, r.Job, string(r.State), r.Item, r.Number, r.URL, r.Result, r.Note[:min(len(r.Note), maxReason)], micros(r.Changed))
		return err
	})
}

// JenkinsWaits says how many reports to a controller wait, since when the
// oldest does, and why it took nothing when it was last told something.
func (s *Store) JenkinsWaits(ctx context.Context, controller int64) (w slipway.JenkinsWaits, err error) {
	var since int64
	err = s.reader().row(ctx, `SELECT COUNT(m.id), COALESCE(MIN(NULLIF(m.posted, 0)), 0), MAX(c.wrong) FROM controllers c LEFT JOIN services b ON`+controls+`
		LEFT JOIN outbox m ON m.key = 'service:' || b.id AND m.topic IN (?, ?) WHERE c.id = ? GROUP BY c.id`, TopicJenkins, TopicDownstream, controller).Scan(&w.Reports, &since, &w.Reason)
	w.Since = timeOf(since)
	return w, noController(err, controller)
}

// NoteController remembers why a controller took nothing, "" when it did.
func (s *Store) NoteController(ctx context.Context, id int64, wrong string) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `UPDATE controllers SET wrong = ? WHERE id = ?`, wrong[:min(len(wrong), maxReason)], id)
		return err
	})
}

func scanRun(row scanner) (r slipway.JenkinsRun, err error) {
	var changed int64
	err = row.Scan(&r.Build, &r.Kind, &r.Controller, &r.Job, &r.State, &r.Item, &r.Number, &r.URL, &r.Result, &r.Note, &changed, &r.Stop)
	r.Changed = timeOf(changed)
	return r, err
}

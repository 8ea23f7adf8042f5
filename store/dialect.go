package store

import (
	"context"
	"database/sql"
	"embed"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/slipway-ci/slipway"
)

// dialect is what two databases say differently.
type dialect struct {
	name   goose.Dialect
	id     string // column of a primary key that counts by itself
	blob   string
	dollar bool // arguments are $1, $2
}

// rebind writes a statement's ? as the dialect wants them. No statement here
// has a ? inside of a text.
func (d dialect) rebind(query string) string {
	if !d.dollar {
		return query
	}
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

// lockFor is how many seconds a control plane waits for another one that
// brings the record to its form.
const lockFor = 300

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to this release's form. A later form than this
// release knows is refused: an older program would misread it.
func (d dialect) migrate(ctx context.Context, db *sql.DB) error {
	files, err := d.migrations()
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d.dollar { // several control planes may start at once
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockFor))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(d.name, db, files, options...)
	if err != nil {
		return err
	}
	there, err := p.GetDBVersion(ctx)
	if err != nil {
		return unavailable(err)
	}
	known := int64(0)
	for _, s := range p.ListSources() {
		known = max(known, s.Version)
	}
	if there > known {
		return slipway.Errorf(slipway.CodeUsage, "the record has the form %d of a later release; this one knows %d", there, known).
			WithHint("run the later release, or restore a backup of this one")
	}
	if _, err := p.Up(ctx); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the record cannot be brought to this release's form").Because(err)
	}
	return nil
}

// migrations are the files with the dialect's own words for what stands in
// braces.
func (d dialect) migrations() (fs.FS, error) {
	words := strings.NewReplacer("{{id}}", d.id, "{{blob}}", d.blob)
	out := fstest.MapFS{}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := migrations.Open(name)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		out[strings.TrimPrefix(name, "migrations/")] = &fstest.MapFile{Data: []byte(words.Replace(string(text)))}
	}
	return out, nil
}

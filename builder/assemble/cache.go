package assemble

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// cache keeps what was fetched, each in a directory that is complete or not
// there.
type cache struct {
	dir     string
	refresh bool
	log     *serialLog
}

// get gives the directory called name, filled by fetch when it is not there.
func (c cache) get(ctx context.Context, name, step string, fetch func(dir string) error) (string, error) {
	dir := filepath.Join(c.dir, name)
	if _, err := os.Stat(dir); err == nil && !c.refresh {
		return dir, nil
	}
	err := c.log.step(step, func() error {
		return persist(ctx, c.log, step, func() error { return c.fill(dir, fetch) })
	})
	return dir, err
}

func (c cache) fill(dir string, fetch func(dir string) error) error {
	tmp, err := os.MkdirTemp(c.dir, "new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // renamed away when all went well
	if err := fetch(tmp); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(dir), os.Rename(tmp, dir))
}

package local

import (
	"context"
	"errors"

	"github.com/distribution/distribution/v3/registry/storage/driver"
)

// tolerant walks a directory that is not there as an empty one. The library's
// collector stops with an error at the first repository that lacks one of its
// directories, for example after an upload that was given up.
type tolerant struct{ driver.StorageDriver }

// Walk is that of the wrapped driver, except for what is not there.
func (t tolerant) Walk(ctx context.Context, path string, f driver.WalkFn, options ...func(*driver.WalkOptions)) error {
	return absent(t.StorageDriver.Walk(ctx, path, f, options...))
}

func absent(err error) error {
	if _, gone := errors.AsType[driver.PathNotFoundError](err); gone {
		return nil
	}
	return err
}

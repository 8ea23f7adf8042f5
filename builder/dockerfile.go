package builder

import (
	"io/fs"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
	"github.com/slipway-ci/slipway/builder/solve"
)

// dockerfile reads the plan's Dockerfile, links followed within the tree, and
// its own ignore file; zero without one.
func (b *Builder) dockerfile(tree fs.FS, d *slipway.Dockerfile) (solve.Dockerfile, error) {
	if d == nil {
		return solve.Dockerfile{}, nil
	}
	content, found, err := repo.Read(tree, d.File)
	if err != nil {
		return solve.Dockerfile{}, err
	}
	if !found {
		return solve.Dockerfile{}, slipway.Errorf(slipway.CodeNotFound, "there is no Dockerfile %s", repo.Quote(d.File)).WithClass(slipway.ClassCode)
	}
	ignore, _, err := repo.Read(tree, d.File+".dockerignore")
	if err != nil {
		return solve.Dockerfile{}, err
	}
	return solve.Dockerfile{Content: content, Ignore: ignore, Frontends: b.Frontends}, nil
}

package local

import (
	"context"
	"errors"

	"github.com/distribution/distribution/v3"
	"github.com/distribution/reference"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

var errNoEnumerator = errors.New("the registry's storage cannot list its repositories")

// rooted is the registry as the collector sees it: a manifest that is leased
// counts as tagged, so that all it refers to is marked.
type rooted struct {
	distribution.Namespace
	kept held
}

// Enumerate calls f with the name of each repository.
func (r rooted) Enumerate(ctx context.Context, f func(name string) error) error {
	e, ok := r.Namespace.(distribution.RepositoryEnumerator)
	if !ok {
		return errNoEnumerator
	}
	return e.Enumerate(ctx, f)
}

// Repository gives a repository whose leased manifests count as tagged.
func (r rooted) Repository(ctx context.Context, name reference.Named) (distribution.Repository, error) {
	repo, err := r.Namespace.Repository(ctx, name)
	return rootedRepository{repo, r.kept}, err
}

type rootedRepository struct {
	distribution.Repository
	kept held
}

// Tags gives the repository's tags.
func (r rootedRepository) Tags(ctx context.Context) distribution.TagService {
	return rootedTags{r.Repository.Tags(ctx), r.kept}
}

type rootedTags struct {
	distribution.TagService
	kept held
}

// Lookup gives the tags of a manifest; a leased one has at least one.
func (t rootedTags) Lookup(ctx context.Context, d v1.Descriptor) ([]string, error) {
	if t.kept.has(d.Digest) {
		return []string{"leased"}, nil
	}
	return t.TagService.Lookup(ctx, d)
}

// All gives the tags of the repository. One that never had a tag has none;
// the collector would else leave its manifests behind without their blobs.
func (t rootedTags) All(ctx context.Context) ([]string, error) {
	tags, err := t.TagService.All(ctx)
	if _, none := errors.AsType[distribution.ErrRepositoryUnknown](err); none {
		return nil, nil
	}
	return tags, err
}

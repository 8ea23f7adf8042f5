package local

import (
	"context"
	"errors"

	"github.com/distribution/distribution/v3"
	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

var errNoEnumerator = errors.New("the registry's storage cannot list its repositories")

// rooted is the registry as the collector sees it: a manifest that is leased
// counts as tagged, so that all it refers to is marked, and a tag that goes
// counts as gone, also when a dry run has left it there.
type rooted struct {
	distribution.Namespace
	kept held
	gone []Expired
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
	gone := map[string]bool{}
	for _, g := range r.gone {
		if g.Repository == name.Name() {
			gone[g.Tag] = true
		}
	}
	return &rootedRepository{Repository: repo, kept: r.kept, gone: gone}, err
}

type rootedRepository struct {
	distribution.Repository
	kept  held
	gone  map[string]bool
	index map[digest.Digest][]string // tags by what they lead to; nil until it is asked for
}

// Tags gives the repository's tags.
func (r *rootedRepository) Tags(ctx context.Context) distribution.TagService {
	return rootedTags{r.Repository.Tags(ctx), r.kept, r}
}

type rootedTags struct {
	distribution.TagService
	kept held
	repo *rootedRepository
}

// Lookup gives the tags of a manifest; a leased one has at least one. The
// library's own reads every tag for every manifest.
func (t rootedTags) Lookup(ctx context.Context, d v1.Descriptor) ([]string, error) {
	if t.kept.has(d.Digest) {
		return []string{"leased"}, nil
	}
	if t.repo.index == nil {
		index, err := t.lookUpAll(ctx)
		if err != nil {
			return nil, err
		}
		t.repo.index = index
	}
	return t.repo.index[d.Digest], nil
}

func (t rootedTags) lookUpAll(ctx context.Context) (map[digest.Digest][]string, error) {
	tags, err := t.All(ctx)
	if err != nil {
		return nil, err
	}
	index := map[digest.Digest][]string{}
	for _, tag := range tags {
		if t.repo.gone[tag] {
			continue
		}
		d, err := t.Get(ctx, tag)
		if _, none := errors.AsType[distribution.ErrTagUnknown](err); none {
			continue // a push that was given up before its link
		}
		if err != nil {
			return nil, err
		}
		index[d.Digest] = append(index[d.Digest], tag)
	}
	return index, nil
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

package registry

import (
	"context"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// catalogPage is how many names are asked for at a time: as many as the
// embedded registry gives.
const catalogPage = 1000

// Under gives the digest of every tag in the repositories below a folder of
// the registry, by REPOSITORY:TAG. What goes away meanwhile is left out.
func (r *Registry) Under(ctx context.Context, folder string) (map[string]string, error) {
	found := map[string]string{}
	for last := folder; ; {
		names, err := remote.CatalogPage(r.client.registry, last, catalogPage, append(slices.Clip(r.client.options), remote.WithContext(ctx))...)
		if err != nil {
			return nil, explain(r.client.registry.Repo(folder).Tag("latest"), "be listed", err)
		}
		for _, repository := range names {
			if !strings.HasPrefix(repository, folder+"/") {
				return found, nil // names come sorted
			}
			if err := r.tags(ctx, repository, found); err != nil {
				return nil, err
			}
			last = repository
		}
		if len(names) < catalogPage {
			return found, nil
		}
	}
}

func (r *Registry) tags(ctx context.Context, repository string, found map[string]string) error {
	repo := r.client.registry.Repo(repository)
	tags, err := remote.List(repo, append(slices.Clip(r.client.options), remote.WithContext(ctx))...)
	if missing(err) {
		return nil
	}
	if err != nil {
		return explain(repo.Tag("latest"), "be listed", err)
	}
	for _, tag := range tags {
		digest, err := r.head(ctx, repo.Tag(tag))
		if err != nil {
			return err
		}
		if digest != (v1.Hash{}) {
			found[repository+":"+tag] = digest.String()
		}
	}
	return nil
}

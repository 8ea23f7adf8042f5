package source

import (
	"context"
	"strings"
)

// Heads gives the commit of each branch of a repository, by the ref's full
// name, and the full name of the default branch, "" when the server does not
// say. Nothing is fetched. The error is an Error, as Open's.
func (s *Sources) Heads(ctx context.Context, address string) (heads map[string]string, def string, err error) {
	r, err := parseRemote(address)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Fetch)
	defer cancel()
	f, err := s.fetcher()
	if err != nil {
		return nil, "", err
	}
	a, err := s.access(ctx, r, reachPrivate)
	if err != nil {
		return nil, "", err
	}
	defer a.close()
	refs, err := f.refs(ctx, a, allRefs)
	if err != nil {
		return nil, "", explain(ctx, a, s.config.Limits, "", err)
	}
	heads = map[string]string{}
	for _, one := range refs {
		switch {
		case strings.HasPrefix(one.Name, "refs/heads/"):
			heads[one.Name] = one.SHA
		case one.Name == "HEAD":
			def = one.Target
		}
	}
	return heads, def, nil
}

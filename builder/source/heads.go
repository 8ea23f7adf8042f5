package source

import (
	"context"
	"errors"
	"strings"
)

// Heads gives the commit of each branch of a repository, by the ref's full
// name, and the full name of the default branch, "" when the server does not
// say. Nothing is fetched. The error is an Error, as Open's.
func (s *Sources) Heads(ctx context.Context, address string) (heads map[string]string, def string, err error) {
	refs, err := s.list(ctx, address, allRefs, "HEAD", "refs/heads/")
	if err != nil {
		return nil, "", err
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

// Head gives the commit of one branch, by its full name, "" when there is no
// such branch. It is Heads for those who want to know one, and costs as little
// as the server lets it: over http that one line, however many there are.
func (s *Sources) Head(ctx context.Context, address, branch string) (commit string, err error) {
	refs, err := s.list(ctx, address, branchRefs, branch)
	for _, one := range refs {
		if one.Name == branch {
			commit = one.SHA
		}
	}
	return commit, err
}

// list asks for the references that begin with the prefixes, and a server that
// cannot be asked so for those that short stands for.
func (s *Sources) list(ctx context.Context, address, short string, prefixes ...string) ([]ref, error) {
	r, err := parseRemote(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Fetch)
	defer cancel()
	f, err := s.fetcher()
	if err != nil {
		return nil, err
	}
	a, err := s.access(ctx, r, reachPrivate)
	if err != nil {
		return nil, err
	}
	defer a.close()
	refs, err := []ref(nil), errNoPrefixes
	if a.gate != nil {
		refs, err = s.lsRefs(ctx, a, prefixes...)
	}
	if errors.Is(err, errNoPrefixes) {
		refs, err = f.refs(ctx, a, short)
	}
	if err != nil {
		return nil, explain(ctx, a, s.config.Limits, "", err)
	}
	return refs, nil
}

package forge

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/drone/go-scm/scm"

	"github.com/slipway-ci/slipway"
)

// Shows tells whether a kind of forge shows statuses at commits.
func Shows(forge string) bool { return driverOf(forge) != nil }

// Try asks the forge whether statuses of a commit may be set, without setting
// one: it reads those there are, or the repository where no commit is known
// ("") or the forge lists none. What the forge says of the token besides is
// heeded; where it says nothing, a token that may only read passes. Errors are
// as Set's. Without a token nothing is asked.
func (s *Statuses) Try(ctx context.Context, commit string) error {
	if s.client == nil {
		return nil
	}
	answer, err := s.read(ctx, commit)
	if answer == nil || answer.Status >= 300 {
		return s.unread(ctx, commit, answer, err)
	}
	return s.mayWrite(ctx, answer)
}

func (s *Statuses) read(ctx context.Context, commit string) (*scm.Response, error) {
	if commit == "" || s.forge == "bitbucket-server" {
		_, answer, err := s.client.Repositories.Find(ctx, s.repository)
		return answer, err
	}
	_, answer, err := s.client.Repositories.ListStatus(ctx, s.repository, commit, scm.ListOptions{Page: 1, Size: 1})
	return answer, err
}

// unread says why nothing could be read. The forge's own words are left out:
// whoever chose the API's address must not read through us what is there.
func (s *Statuses) unread(ctx context.Context, commit string, answer *scm.Response, err error) error {
	if answer != nil && answer.Status == http.StatusNotFound {
		return slipway.Errorf(slipway.CodeNotFound, "the %s does not find %s, or not with this token", s.forge, s.repository).WithHint("%s", tokenHint(s.forge))
	}
	err = s.failure(ctx, commit, answer, err)
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return e.Because(nil)
	}
	return err
}

// mayWrite holds what the forge tells of the token against what a status
// needs: GitHub names the scopes of a classic token, GitLab and Gitea what its
// owner may do with the repository.
func (s *Statuses) mayWrite(ctx context.Context, answer *scm.Response) error {
	weak := func(format string, args ...any) error {
		return slipway.Errorf(slipway.CodeForbidden, format, args...).WithHint("%s", tokenHint(s.forge))
	}
	switch s.forge {
	case "github":
		if scopes := answer.Header.Values("X-Oauth-Scopes"); len(scopes) > 0 && !mayStatus(scopes) {
			return weak("the token for %s may set no status: its scopes are %q", s.repository, strings.Join(scopes, ", "))
		}
	case "gitlab", "gitea":
		perm, answer, err := s.client.Repositories.FindPerms(ctx, s.repository)
		if err == nil && answer.Status == http.StatusOK && !perm.Push {
			return weak("the token for %s may set no status: whose it is may not push there", s.repository)
		}
	}
	return nil
}

func mayStatus(scopes []string) bool {
	named := strings.FieldsFunc(strings.Join(scopes, ","), func(r rune) bool { return r == ',' || r == ' ' })
	return slices.ContainsFunc(named, func(s string) bool { return s == "repo" || s == "repo:status" || s == "public_repo" })
}

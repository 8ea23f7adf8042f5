package forge

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/drone/go-scm/scm"
	"github.com/drone/go-scm/scm/driver/bitbucket"
	"github.com/drone/go-scm/scm/driver/gitea"
	"github.com/drone/go-scm/scm/driver/github"
	"github.com/drone/go-scm/scm/driver/gitlab"
	"github.com/drone/go-scm/scm/driver/stash"

	"github.com/slipway-ci/slipway"
)

// Status is what is shown at a commit.
type Status struct {
	State   slipway.BuildState
	Context string // which of the commit's statuses: a later one of the same context replaces it
	Title   string // a sentence
	URL     string // where to read more
}

// Statuses sets the statuses of one repository.
type Statuses struct {
	forge, repository string
	client            *scm.Client // nil: nowhere to tell
}

// Statuses gives those of a connection. Where the forge has none (the generic
// one, and Gogs) or no token was given, Set does nothing.
func (a *API) Statuses(ctx context.Context, c slipway.Connection, keys slipway.Keys) (*Statuses, error) {
	s := &Statuses{forge: c.Forge, repository: c.Repository}
	driver := driverOf(c.Forge)
	if driver == nil || keys.Forge == "" && keys.Clone.App == nil {
		return s, nil
	}
	base, err := apiOf(c)
	if err != nil {
		return nil, err
	}
	token := keys.Forge
	if token == "" {
		if token, err = a.Token(ctx, *keys.Clone.App, base); err != nil {
			return nil, err
		}
	}
	client, err := driver(base)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "%.100q is not the address of a forge's API", base).Because(err)
	}
	bound := *a.client
	bound.Transport = authorized{a.client.Transport, client.BaseURL.Scheme, client.BaseURL.Host, authorization(c.Forge, token)}
	client.Client = &bound
	s.client = client
	return s, nil
}

func driverOf(forge string) func(string) (*scm.Client, error) {
	switch forge {
	case "github":
		return github.New
	case "gitlab":
		return gitlab.New
	case "gitea":
		return gitea.New
	case "bitbucket":
		return bitbucket.New
	case "bitbucket-server":
		return stash.New
	}
	return nil
}

// authorization is how each forge wants a token. Bitbucket has tokens that
// stand alone and such that belong to a user: those are written USER:TOKEN.
func authorization(forge, token string) http.Header {
	switch {
	case forge == "gitlab":
		return http.Header{"Private-Token": {token}}
	case forge == "gitea":
		return http.Header{"Authorization": {"token " + token}}
	case strings.HasPrefix(forge, "bitbucket") && strings.Contains(token, ":"):
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(token))}}
	}
	return http.Header{"Authorization": {"Bearer " + token}}
}

// Set sets a status of a commit. The same one again is as once. An error is
// CodeUnavailable when it is worth another try, CodeForbidden or CodeNotFound
// when somebody has to mend the connection first, and CodeInvalid when the
// forge will never take it: the commit is gone.
func (s *Statuses) Set(ctx context.Context, commit string, status Status) error {
	if s.client == nil {
		return nil
	}
	in := &scm.StatusInput{
		State: stateOf(status.State), Label: status.Context, Title: status.Context,
		Desc: cut(status.Title, maxDescription), Target: status.URL,
	}
	if s.forge == "bitbucket" {
		in.Label = shortKey(in.Label)
	}
	answer, err := s.send(ctx, commit, in)
	if answer != nil && answer.Status < 300 {
		return nil // however the body reads
	}
	return s.failure(ctx, commit, answer, err)
}

func (s *Statuses) send(ctx context.Context, commit string, in *scm.StatusInput) (*scm.Response, error) {
	if s.forge == "gitlab" {
		return s.gitlab(ctx, commit, in)
	}
	_, answer, err := s.client.Repositories.CreateStatus(ctx, s.repository, commit, in)
	return answer, err
}

// gitlab sends a status with its sentence, which the driver leaves out.
func (s *Statuses) gitlab(ctx context.Context, commit string, in *scm.StatusInput) (*scm.Response, error) {
	state := map[scm.State]string{
		scm.StatePending: "pending", scm.StateRunning: "running", scm.StateSuccess: "success", scm.StateCanceled: "canceled", scm.StateFailure: "failed",
	}
	query := url.Values{"state": {state[in.State]}, "name": {in.Label}, "target_url": {in.Target}, "description": {in.Desc}}
	path := fmt.Sprintf("api/v4/projects/%s/statuses/%s?%s", strings.ReplaceAll(s.repository, "/", "%2F"), commit, query.Encode())
	answer, err := s.client.Do(ctx, &scm.Request{Method: http.MethodPost, Path: path})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	if answer.Status < 300 {
		return answer, nil
	}
	text := messageOf(answer.Body)
	if answer.Status == http.StatusBadRequest && strings.Contains(text, "Cannot transition status") {
		answer.Status = http.StatusOK // it stands so already
	}
	return answer, errors.New(text)
}

func stateOf(s slipway.BuildState) scm.State {
	switch s {
	case slipway.BuildQueued:
		return scm.StatePending
	case slipway.BuildRunning:
		return scm.StateRunning
	case slipway.BuildSucceeded:
		return scm.StateSuccess
	case slipway.BuildCancelled, slipway.BuildSuperseded:
		return scm.StateCanceled
	default:
		return scm.StateFailure
	}
}

const (
	maxDescription = 140 // GitHub's limit, the smallest
	maxKey         = 40  // Bitbucket Cloud's limit of a context
)

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// shortKey keeps two long contexts apart that begin alike.
func shortKey(context string) string {
	if len(context) <= maxKey {
		return context
	}
	sum := sha256.Sum256([]byte(context))
	return context[:maxKey-9] + "-" + hex.EncodeToString(sum[:4])
}

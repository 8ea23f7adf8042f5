package forge

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/drone/go-scm/scm"

	"github.com/slipway-ci/slipway"
)

// failure says in our words why a status was not set.
func (s *Statuses) failure(ctx context.Context, commit string, answer *scm.Response, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fail := func(code slipway.Code, format string, args ...any) *slipway.Error {
		return slipway.Errorf(code, format, args...).Because(cause)
	}
	if answer == nil {
		return fail(slipway.CodeUnavailable, "the %s of %s does not answer", s.forge, s.repository)
	}
	switch status := answer.Status; {
	case tooMuch(answer):
		return fail(slipway.CodeUnavailable, "the %s of %s has had enough requests for now", s.forge, s.repository)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return fail(slipway.CodeForbidden, "the %s does not let us set a status of %s (%d)", s.forge, s.repository, status).WithHint("%s", tokenHint(s.forge))
	case status == http.StatusNotFound:
		return fail(slipway.CodeNotFound, "the %s does not find commit %.8s of %s, or not with this token", s.forge, commit, s.repository).WithHint("%s", tokenHint(s.forge))
	case status >= 300 && status < 400:
		return fail(slipway.CodeForbidden, "the %s of %s sends us elsewhere (%d)", s.forge, s.repository, status).
			WithHint("set the connection's API to where the forge is now")
	case status >= 400 && status < 500:
		return fail(slipway.CodeInvalid, "the %s does not take a status of commit %.8s of %s (%d)", s.forge, commit, s.repository, status)
	default:
		return fail(slipway.CodeUnavailable, "the %s of %s is out of order (%d)", s.forge, s.repository, status)
	}
}

// tooMuch tells that the forge asks us to slow down. GitHub says so with 403,
// too.
func tooMuch(answer *scm.Response) bool {
	switch answer.Status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	case http.StatusForbidden:
		return answer.Header.Get("Retry-After") != "" || answer.Header.Get("X-Ratelimit-Remaining") == "0"
	}
	return false
}

func tokenHint(forge string) string {
	return "give the connection a token " + map[string]string{
		"github":           "with write access to commit statuses (classic: repo:status)",
		"gitlab":           "with the scope api, of somebody with the role Developer or more",
		"gitea":            "with write access to the repository",
		"bitbucket":        "with write access to the repository",
		"bitbucket-server": "with read access to the repository",
	}[forge]
}

// messageOf reads a forge's explanation, whose form differs from error to
// error.
func messageOf(body io.Reader) string {
	var answer struct{ Message, Error any }
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return "no explanation"
	}
	for _, part := range []any{answer.Message, answer.Error} {
		if part == nil {
			continue
		}
		if text, ok := part.(string); ok {
			return cut(text, 300)
		}
		if text, err := json.Marshal(part); err == nil {
			return cut(strings.ToValidUTF8(string(text), ""), 300)
		}
	}
	return "no explanation"
}

package jenkins

import (
	"context"
	"errors"
	"html"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/slipway-ci/slipway"
)

// failure is why a request came to nothing, with what only this package asks
// about. The *slipway.Error that people see is what it wraps.
type failure struct {
	problem     *slipway.Error
	status      int  // 0: no answer
	sent        bool // all that Jenkins needs to act on it had been sent
	interrupted bool // the caller did not wait
	late        bool // we did not, longer than the timeout
}

// Error gives the sentence.
func (f *failure) Error() string { return f.problem.Error() }

// Unwrap gives the *slipway.Error.
func (f *failure) Unwrap() error { return f.problem }

// Unknown tells that what was asked for may have been done: the request was
// sent and the answer never came. Look before you ask again.
func Unknown(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.sent && (f.status == 0 || f.status == http.StatusBadGateway || f.status == http.StatusGatewayTimeout)
}

// plainly gives an error's words without what it wraps.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(err.Error())
}

// silence says why there is no answer. The context is the caller's, without
// the timeout of the request.
func (r *requester) silence(ctx context.Context, cause error, sent bool) error {
	f := &failure{sent: sent, interrupted: ctx.Err() != nil}
	var refused *slipway.Error
	switch {
	case errors.As(cause, &refused):
		f.problem, f.interrupted = refused, true
	case ctx.Err() != nil:
		f.problem = slipway.Errorf(slipway.CodeUnavailable, "nobody waited for the Jenkins at %s to answer", r.at).Because(ctx.Err())
	case errors.Is(cause, context.DeadlineExceeded):
		f.late = true
		f.problem = slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s did not answer within %s", r.at, r.timeout)
	default:
		f.problem = slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s does not answer", r.at).Because(cause)
	}
	return f
}

// refusal says what an answer's status means; nil for a success.
func (r *requester) refusal(path string, a answer) error {
	if a.status < 300 {
		return nil
	}
	return &failure{problem: r.problem(subject(path), a).WithDetails(evidence(a)...), status: a.status, sent: true}
}

func (r *requester) problem(what string, a answer) *slipway.Error {
	switch status := a.status; {
	case status < 400:
		return r.elsewhere(a)
	case status == http.StatusUnauthorized:
		return slipway.Errorf(slipway.CodeForbidden, "the Jenkins at %s does not know %s, or not with this token (401)", r.at, r.who()).
			WithHint("make a new API token on that user's page in Jenkins and set the controller again")
	case status == http.StatusForbidden && a.crumbAsked():
		return slipway.Errorf(slipway.CodeForbidden, "the Jenkins at %s takes no crumb that it gave us (403)", r.at).
			WithHint("use an API token, which needs none; a proxy that changes the client's address spoils crumbs")
	case status == http.StatusForbidden:
		return slipway.Errorf(slipway.CodeForbidden, "the Jenkins at %s does not let %s have %s (403)", r.at, r.who(), what).
			WithHint("the user needs the permissions Job: Read, Build, Cancel, Configure, Create, Delete and Run: Update in the folder")
	case status == http.StatusNotFound:
		return slipway.Errorf(slipway.CodeNotFound, "the Jenkins at %s has no %s, or not for %s (404)", r.at, what, r.who())
	case status == http.StatusConflict:
		return slipway.Errorf(slipway.CodeConflict, "the Jenkins at %s does not do that with %s as it stands (409)", r.at, what).
			WithHint("is it disabled?")
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s has had enough requests for now (%d)", r.at, status)
	case status < 500:
		return slipway.Errorf(slipway.CodeInvalid, "the Jenkins at %s does not take that of %s (%d)", r.at, what, status)
	case status == http.StatusServiceUnavailable:
		return slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s is starting, or not there (503)", r.at)
	default:
		return slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s is out of order (%d)", r.at, status)
	}
}

func (r *requester) elsewhere(a answer) *slipway.Error {
	to := a.location()
	if to != nil && toLogin(to) {
		return slipway.Errorf(slipway.CodeForbidden, "the Jenkins at %s wants people to sign in (%d)", r.at, a.status).
			WithHint("give the controller an API token, and let requests with one pass whatever signs people in")
	}
	where := "elsewhere"
	if to != nil && to.Host != "" {
		where = "to " + to.Scheme + "://" + to.Host
	}
	return slipway.Errorf(slipway.CodeForbidden, "the Jenkins at %s sends us %s (%d)", r.at, where, a.status).
		WithHint("set the controller's URL to where Jenkins is now")
}

// who names whom we are to the controller.
func (r *requester) who() string {
	if r.user == "" {
		return "anybody"
	}
	return r.user
}

// maxEvidence is how much of an answer is shown to people, in characters.
const maxEvidence = 300

var (
	unseen = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	tag    = regexp.MustCompile(`<[^>]*>`)
)

// evidence gives the words of an answer that refuses.
func evidence(a answer) []string {
	words := a.header.Get("X-Error")
	if words == "" {
		words = html.UnescapeString(tag.ReplaceAllString(unseen.ReplaceAllString(string(a.body), " "), " "))
	}
	words = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(words, ""), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c)
	}), " ")
	if words == "" {
		return nil
	}
	if runes := []rune(words); len(runes) > maxEvidence {
		words = string(runes[:maxEvidence-1]) + "…"
	}
	return []string{words}
}

// broken tells that a controller is up and came to grief with what was asked:
// what waits for it to get over that may wait for ever.
func broken(err error) bool { return statusOf(err) == http.StatusInternalServerError }

// statusOf gives the status that an error came from, 0 for none.
func statusOf(err error) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.status
	}
	return 0
}

package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// statusOf maps codes to HTTP status; this is the only such table.
func statusOf(err error) int {
	if e, ok := errors.AsType[*statusError](err); ok {
		return e.status
	}
	switch slipway.ErrorCode(err) {
	case slipway.CodeUsage:
		return http.StatusBadRequest
	case slipway.CodeForbidden:
		return http.StatusForbidden
	case slipway.CodeNotFound:
		return http.StatusNotFound
	case slipway.CodeConflict, slipway.CodeAmbiguous:
		return http.StatusConflict
	case slipway.CodeInvalid, slipway.CodeFailed, slipway.CodeLimit:
		return http.StatusUnprocessableEntity
	case slipway.CodeBusy, slipway.CodeUnavailable:
		return http.StatusServiceUnavailable
	default:
		if errors.Is(err, context.Canceled) {
			return http.StatusServiceUnavailable
		}
		return http.StatusInternalServerError
	}
}

// statusError is an error whose status says more than its code.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

func withStatus(status int, err error) error { return &statusError{status, err} }

// problemOf is what a caller is told of an error. Of our own defects that is
// where to look, not what they are.
func problemOf(err error, request string) rest.Problem {
	p := slipway.ProblemOf(err)
	answer := rest.Problem{
		Type: "urn:slipway:" + string(p.Code), Title: p.Message, Status: statusOf(err),
		Code: p.Code, Class: p.Class, Hint: p.Hint, Details: p.Details, Request: request,
	}
	if e, ok := errors.AsType[*slipway.Error](err); ok && answer.Status >= http.StatusInternalServerError {
		answer.Title = e.Message // the cause names our own parts
	}
	if p.Code == slipway.CodeInternal {
		answer.Title = "something went wrong that should not"
		answer.Hint = "the server's log says more of request " + request
	}
	return answer
}

// refuse writes an error; this is the only place that does.
func refuse(c *gin.Context, err error) {
	p := problemOf(err, c.GetString(requestKey))
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="slipway"`)
	}
	if p.Status == http.StatusServiceUnavailable {
		c.Header("Retry-After", "5")
	}
	_ = c.Error(err)
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(p.Status, p)
}

func notFound(format string, args ...any) error {
	return slipway.Errorf(slipway.CodeNotFound, format, args...)
}

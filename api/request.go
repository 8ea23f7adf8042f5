package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/slipway-ci/slipway"
)

// maxBody is the most bytes of a request's body, hooks apart.
const maxBody = 1 << 20

// request is one call of a route, after its caller was found to be allowed:
// what the route's path names has been read.
type request struct {
	c     *gin.Context
	route route
	token slipway.Token
	hash  [32]byte // of the token's text

	ticket int64  // build that the caller has a ticket of; 0: the caller has a token
	bearer string // the ticket's text

	team       string // whose things are meant; "" for the platform's
	connection slipway.Connection
	service    slipway.Service
	build      slipway.Build
	event      slipway.EventRecord

	target string // for the audit log; "" is what the path names
}

func (r *request) ctx() context.Context { return r.c.Request.Context() }

// id reads a number of the path.
func (r *request) id(name string) (int64, error) {
	text := r.c.Param(name)
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, notFound("there is no %s %.40q", name, text)
	}
	return id, nil
}

// body reads the request's JSON into v. Fields that v does not have are
// refused: they are a typing error or a wish that is not granted.
func (r *request) body(v any) error {
	if kind := r.c.GetHeader("Content-Type"); kind != "" || r.c.Request.ContentLength != 0 {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return withStatus(http.StatusUnsupportedMediaType, slipway.Errorf(slipway.CodeUsage, "the body is %.60q, not application/json", kind))
		}
	}
	d := json.NewDecoder(http.MaxBytesReader(r.c.Writer, r.c.Request.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badBody(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return slipway.Errorf(slipway.CodeUsage, "something follows the body's JSON")
	}
	return nil
}

func badBody(err error) error {
	if errors.Is(err, io.EOF) {
		return nil // none; what it has to say is missing or optional
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return withStatus(http.StatusRequestTimeout, slipway.Errorf(slipway.CodeUsage, "the body did not arrive within %s", bodyTime))
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return withStatus(http.StatusRequestEntityTooLarge, slipway.Errorf(slipway.CodeUsage, "the body has more than %d bytes", maxBody))
	}
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return e
	}
	return slipway.Errorf(slipway.CodeUsage, "the body is not what this route takes").
		WithHint("/api/v1/openapi.json says what it does").WithDetails(strings.TrimPrefix(err.Error(), "json: "))
}

// knownQuery refuses parameters that the route does not have: a filter with a
// typing error would otherwise list everything.
func (r *request) knownQuery() error {
	for name := range r.c.Request.URL.Query() {
		if !slices.Contains(r.route.query, name) {
			return slipway.Errorf(slipway.CodeUsage, "there is no parameter %.40q here", name).
				WithHint("there are: %s", strings.Join(r.route.query, ", "))
		}
	}
	return nil
}

// who is the caller's name for people.
func (r *request) who() string { return r.token.Name }

package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/slipway-ci/slipway"
)

// missing tells whether a registry says that a name is not there.
func missing(err error) bool {
	e, ok := errors.AsType[*transport.Error](err)
	return ok && e.StatusCode == http.StatusNotFound
}

// explain makes the user's error of what a registry answered when ref could
// not BE DONE ("be pushed"). A cancelled context stays what it is.
func explain(ref name.Reference, done string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", ref, err)
	}
	host := ref.Context().RegistryStr()
	f := slipway.Errorf(slipway.CodeUnavailable, "%s could not %s: the registry %s does not answer", ref, done, host).
		WithHint("see whether %s can be reached from this machine, then try again", host)
	if e, ok := errors.AsType[*transport.Error](err); ok {
		f = answered(ref, done, e)
	}
	return f.WithClass(slipway.ClassRegistry).Because(err)
}

// answered explains a refusal by its HTTP status.
func answered(ref name.Reference, done string, e *transport.Error) *slipway.Error {
	host := ref.Context().RegistryStr()
	because := func(code slipway.Code, why string) *slipway.Error {
		return slipway.Errorf(code, "%s could not %s: %s", ref, done, why)
	}
	switch status := e.StatusCode; {
	case lacks(e):
		return because(slipway.CodeUnavailable, "the registry "+host+" lacks a blob of it").
			WithHint("build again: the registry's storage was cleaned or damaged in between")
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return because(slipway.CodeForbidden, "the registry "+host+" refuses").
			WithHint("log in with an account that may do this (docker login %s), or name another repository", host)
	case status == http.StatusNotFound:
		return because(slipway.CodeNotFound, "the registry "+host+" does not have it").
			WithHint("look for a slip in the name; some registries also answer so without credentials, or want a repository made first")
	case status == http.StatusRequestEntityTooLarge:
		return because(slipway.CodeForbidden, "the registry "+host+" takes no upload of this size").
			WithHint("raise the size limit or the quota of the registry, or of the proxy before it")
	case status == http.StatusInsufficientStorage:
		return because(slipway.CodeUnavailable, "the registry "+host+" has no space left").
			WithHint("free or add disk space there, then try again")
	case status == http.StatusTooManyRequests:
		return because(slipway.CodeUnavailable, "the registry "+host+" limits requests").
			WithHint("try again later")
	case status >= http.StatusInternalServerError:
		return because(slipway.CodeUnavailable, fmt.Sprintf("the registry %s fails with status %d", host, status)).
			WithHint("try again later, or look at the registry's own log")
	default:
		return because(slipway.CodeForbidden, fmt.Sprintf("the registry %s refuses with status %d", host, status)).
			WithHint("the registry's own words are in the cause")
	}
}

// lacks tells whether a manifest was refused for a blob that is gone.
func lacks(e *transport.Error) bool {
	return slices.ContainsFunc(e.Errors, func(d transport.Diagnostic) bool {
		return d.Code == transport.ManifestBlobUnknownErrorCode
	})
}

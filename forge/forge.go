// Package forge reads what the forges send: it verifies that a delivery comes
// from one that knows the Connection's secret, and normalises it. Everything
// here is a pure function of the delivery's bytes, its headers and the time;
// nothing is stored and nobody is asked.
package forge

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Delivery is an HTTP request of a forge, as it arrived.
type Delivery struct {
	Header http.Header
	Body   []byte // raw; whoever read it has limited its size
}

// Forge knows the webhooks of one kind of forge. It is stateless and safe for
// concurrent use.
type Forge interface {
	// Name as a Connection has it.
	Name() string
	// Verify sees that whoever sent the delivery knows one of the secrets, of
	// which there are two while one replaces the other. It looks at raw bytes,
	// before anything is parsed, and compares in constant time. An error is
	// CodeForbidden and does not say which secret was nearly right.
	Verify(d Delivery, secrets []string, now time.Time) error
	// ID is the forge's own name for the delivery: the same when it sends it
	// again. Where the forge gives none it is a hash of the body.
	ID(d Delivery) string
	// Events are what the delivery tells: none for what no build follows from,
	// several when a forge tells of several refs at once. What is not of the
	// form that the forge documents is CodeInvalid.
	Events(d Delivery) ([]slipway.Event, error)
}

// All lists the forges.
func All() []Forge {
	return []Forge{GitHub{}, GitLab{}, Gitea{}, Gogs{}, BitbucketCloud{}, BitbucketServer{}, Generic{}}
}

// Named gives the forge of that name. CodeNotFound lists those there are.
func Named(name string) (Forge, error) {
	all := All()
	if i := slices.IndexFunc(all, func(f Forge) bool { return f.Name() == name }); i >= 0 {
		return all[i], nil
	}
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.Name()
	}
	return nil, slipway.Errorf(slipway.CodeNotFound, "there is no forge %q", name).WithHint("there are %s", strings.Join(names, ", "))
}

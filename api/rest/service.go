package rest

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// NewService registers a Service of a team.
type NewService struct {
	Name       string       `json:"name"` // bare
	Connection int64        `json:"connection"`
	Path       string       `json:"path,omitempty"` // directory in the repository
	Kind       slipway.Kind `json:"kind,omitempty"`
	Limit      int          `json:"limit,omitempty"` // of its builds that run at once
}

// Secret is a value that can be set and never be read again.
type Secret struct {
	Value string `json:"value"`
}

// SecretName says that there is a secret.
type SecretName struct {
	Service string    `json:"service,omitempty"` // bare; "" is the whole team's
	Name    string    `json:"name"`
	Changed time.Time `json:"changed"`
}

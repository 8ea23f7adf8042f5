package rest

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// NewToken asks for an API token.
type NewToken struct {
	Name    string           `json:"name"`
	Role    slipway.TeamRole `json:"role"`
	Expires time.Time        `json:"expires,omitzero"` // zero: never
}

// TokenMade is a token with its text, which is shown this once.
type TokenMade struct {
	slipway.Token

	Text string `json:"text"`
}

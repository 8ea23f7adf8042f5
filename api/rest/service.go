package rest

import (
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

// Policy is what becomes of builds that break rules of the image contract, by
// the rule's name: warn, fail, or, to decide nothing any more, default.
type Policy struct {
	Rules map[string]slipway.Breach `json:"rules"`
}

// Secret is a value that can be set and never be read again.
type Secret struct {
	Value string `json:"value"`
}
